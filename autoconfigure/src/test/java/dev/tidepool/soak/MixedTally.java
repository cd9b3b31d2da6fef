package dev.tidepool.soak;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * How the calls ended, which have not yet, and what was wrong with any of it.
 */
final class MixedTally {

	/**
	 * A call that takes as long has been forgotten, on whatever machine.
	 */
	static final Duration LONGEST = MixedSoak.CALL_TIMEOUT.plusSeconds(20);

	private static final int KEPT_VIOLATIONS = 10;

	private final AtomicIntegerArray outcomes = new AtomicIntegerArray(2 * MixedOutcome.values().length);

	private final Map<Integer, Long> underWay = new ConcurrentHashMap<>();

	private final AtomicInteger started = new AtomicInteger();

	private final AtomicInteger left = new AtomicInteger();

	private final AtomicInteger violations = new AtomicInteger();

	private final List<String> firstViolations = new CopyOnWriteArrayList<>();

	void started(MixedPlan plan) {
		this.started.incrementAndGet();
		this.underWay.put(plan.number(), System.nanoTime());
	}

	/**
	 * A caller was interrupted, or cancelled.
	 */
	void left() {
		this.left.incrementAndGet();
	}

	void failed(MixedPlan plan, Throwable thrown) {
		ended(plan, MixedOutcome.of(thrown), thrown);
	}

	void ended(MixedPlan plan, MixedOutcome outcome) {
		ended(plan, outcome, null);
	}

	private void ended(MixedPlan plan, MixedOutcome outcome, Throwable thrown) {
		Duration elapsed = Duration.ofNanos(System.nanoTime() - this.underWay.remove(plan.number()));
		this.outcomes.incrementAndGet(index(outcome, plan.reactive()));
		if (!plan.mayEnd(outcome)) {
			violation("%s ended as %s after %s".formatted(plan, outcome, elapsed), thrown);
		}
		if (elapsed.compareTo(LONGEST) > 0) {
			violation("%s took %s".formatted(plan, elapsed), thrown);
		}
	}

	/**
	 * Look for calls that should have ended.
	 */
	void checkUnderWay() {
		long now = System.nanoTime();
		this.underWay.forEach((number, since) -> {
			if (now - since > LONGEST.toNanos()) {
				violation("Call %d hangs for %s".formatted(number, Duration.ofNanos(now - since)), null);
			}
		});
	}

	/**
	 * An error for which a reactive caller was not there any more.
	 */
	void dropped(Throwable thrown) {
		if (MixedOutcome.of(thrown) == MixedOutcome.UNEXPECTED) {
			violation("Dropped", thrown);
		}
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

	/**
	 * Whether enough is wrong to look at it.
	 */
	boolean hasSeenEnough() {
		return this.violations.get() >= KEPT_VIOLATIONS;
	}

	List<String> firstViolations() {
		return this.firstViolations;
	}

	int violations() {
		return this.violations.get();
	}

	int started() {
		return this.started.get();
	}

	int leaves() {
		return this.left.get();
	}

	int underWay() {
		return this.underWay.size();
	}

	int count(MixedOutcome outcome) {
		return count(outcome, true) + count(outcome, false);
	}

	int count(MixedOutcome outcome, boolean reactive) {
		return this.outcomes.get(index(outcome, reactive));
	}

	private static int index(MixedOutcome outcome, boolean reactive) {
		return 2 * outcome.ordinal() + (reactive ? 1 : 0);
	}

}
