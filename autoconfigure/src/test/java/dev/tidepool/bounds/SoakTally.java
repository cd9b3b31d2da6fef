package dev.tidepool.bounds;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How the calls of a soak ended, and what was wrong with any of it.
 */
final class SoakTally {

	/**
	 * Nobody waits longer than this, on whatever machine: no bound of any upstream is
	 * near.
	 */
	private static final Duration WIDE = Duration.ofSeconds(20);

	private static final int KEPT_VIOLATIONS = 10;

	private final AtomicIntegerArray outcomes = new AtomicIntegerArray(SoakOutcome.values().length);

	private final AtomicInteger dropped = new AtomicInteger();

	private final AtomicInteger violations = new AtomicInteger();

	private final List<String> firstViolations = new CopyOnWriteArrayList<>();

	/**
	 * A call has ended.
	 * @param plan its plan
	 * @param result its outcome or what it threw
	 * @param elapsed how long it took
	 */
	void ended(SoakPlan plan, Object result, Duration elapsed) {
		Throwable thrown = (result instanceof Throwable ex) ? ex : null;
		SoakOutcome outcome = (thrown != null) ? SoakOutcome.of(thrown, plan.number()) : (SoakOutcome) result;
		this.outcomes.incrementAndGet(outcome.ordinal());
		if (!plan.mayEnd(outcome, elapsed)) {
			violation("%s ended as %s after %s".formatted(plan, outcome, elapsed), thrown);
		}
		Duration shortest = plan.upstream().shortestTimeout(SoakClients.timeout(plan.client()));
		// Redirected, another upstream's time-out may be the one
		boolean early = outcome == SoakOutcome.TIMED_OUT && !plan.answer().redirects()
				&& elapsed.compareTo(shortest) < 0;
		if (early || elapsed.compareTo(WIDE) > 0) {
			violation("%s took %s".formatted(plan, elapsed), thrown);
		}
	}

	void dropped() {
		this.dropped.incrementAndGet();
	}

	void violation(String what) {
		violation(what, null);
	}

	void violation(String what, Throwable thrown) {
		if (this.violations.incrementAndGet() <= KEPT_VIOLATIONS) {
			StringWriter text = new StringWriter().append(what).append('\n');
			if (thrown != null) {
				thrown.printStackTrace(new PrintWriter(text, true));
			}
			this.firstViolations.add(text.toString());
		}
	}

	int ended() {
		int ended = 0;
		for (int i = 0; i < this.outcomes.length(); i++) {
			ended += this.outcomes.get(i);
		}
		return ended;
	}

	int count(SoakOutcome outcome) {
		return this.outcomes.get(outcome.ordinal());
	}

	/**
	 * Responses that nobody closed.
	 */
	int leaks() {
		return this.dropped.get();
	}

	int violations() {
		return this.violations.get();
	}

	List<String> firstViolations() {
		return this.firstViolations;
	}

}
