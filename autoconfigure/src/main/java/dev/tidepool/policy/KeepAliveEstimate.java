package dev.tidepool.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * What the closes of an upstream have taught of its idle time-out and of the requests
 * that it serves on one connection. State in, state out; times are nanoseconds.
 * <p>
 * Closes are collected for a moment before they are judged, since only together do they
 * tell a time-out (all were idle for the same time) from a limit of requests (all had
 * served the same number) and from a restart (neither). Until then, and when the
 * judgement is open, they only make us trust less. Trust grows on one kind of evidence
 * alone: a canary, that is a connection that was watched until the upstream closed it. Of
 * limits of requests {@link RequestCounts} decides.
 *
 * @param timeout the idle time-out that was learned, or {@link #UNKNOWN}
 * @param measured how many closes agreed on it
 * @param suspicion a shorter one that evidence hints at, or {@link #UNKNOWN}
 * @param canaries the ages at which the latest canaries were closed
 * @param maxRequests the requests after which the upstream closes, or 0
 * @param run the requests that connections had served which were closed without having
 * been idle
 * @param open closes that are not judged yet
 * @param openSince when the first of these was seen
 */
public record KeepAliveEstimate(long timeout, int measured, long suspicion, CanaryAges canaries, int maxRequests,
		RequestCounts run, List<PeerClose> open, long openSince) {

	public static final long UNKNOWN = -1;

	/**
	 * Nothing was learned yet.
	 */
	public static final KeepAliveEstimate NONE = new KeepAliveEstimate(UNKNOWN, 0, UNKNOWN, CanaryAges.NONE, 0,
			RequestCounts.NONE, List.of(), 0);

	/**
	 * How long closes are collected before they are judged: the sweeps find what happened
	 * at once within a second.
	 */
	static final long JUDGED_AFTER = TimeUnit.MILLISECONDS.toNanos(1500);

	/**
	 * No upstream keeps connections for so short a time; one that closes earlier does so
	 * for another reason than idleness.
	 */
	static final long SHORTEST_TIMEOUT = Duration.ofMillis(200).toNanos();

	/**
	 * Fewer closes than this at once are not a restart.
	 */
	static final int SMALLEST_BURST = 3;

	/**
	 * Closes beyond this number in one judgement tell nothing more.
	 */
	private static final int MOST_OPEN = 64;

	/**
	 * By how much the time differs that a FIN takes to arrive. Less than any margin.
	 */
	private static final long JITTER = TimeUnit.MILLISECONDS.toNanos(25);

	private static final double TOLERANCE = 1.1;

	public KeepAliveEstimate {
		open = List.copyOf(open);
	}

	/**
	 * Take in a close, with nothing known of other connections.
	 * @param close the close
	 * @param now the monotonic clock
	 * @return the estimate with it, to be trusted at once
	 */
	public KeepAliveEstimate with(PeerClose close, long now) {
		return with(close, (requests) -> 0, now);
	}

	/**
	 * Take in a close.
	 * @param close the close
	 * @param sentMoreThan how many connections there are that have been sent more than
	 * that many requests; asked only when a limit of requests is about to be learned
	 * @param now the monotonic clock
	 * @return the estimate with it, to be trusted at once
	 */
	public KeepAliveEstimate with(PeerClose close, IntUnaryOperator sentMoreThan, long now) {
		if (close.requests() == 0) {
			return this;
		}
		List<PeerClose> closes = this.open;
		if (closes.size() < MOST_OPEN) {
			closes = new ArrayList<>(closes);
			closes.add(close);
		}
		RequestCounts run = isCloseInUse(close) ? this.run.with(close, now) : this.run;
		int maxRequests = this.maxRequests;
		if (run.isNoChance() && run.requests() != maxRequests) {
			if (run.isRefuted(sentMoreThan)) {
				run = run.refuted();
			}
			else if (run.outweighs(sentMoreThan)) {
				maxRequests = run.requests();
			}
		}
		return new KeepAliveEstimate(this.timeout, this.measured, this.suspicion, this.canaries, maxRequests, run,
				closes, this.open.isEmpty() ? now : this.openSince);
	}

	/**
	 * Take in that a connection was served beyond the limit of requests that was learned.
	 * @param requests how many it was served
	 * @return the estimate without that limit
	 */
	public KeepAliveEstimate served(int requests) {
		return (this.maxRequests > 0 && requests > this.maxRequests) ? new KeepAliveEstimate(this.timeout,
				this.measured, this.suspicion, this.canaries, 0, this.run.disproved(), this.open, this.openSince)
				: this;
	}

	/**
	 * Judge what was collected, once it is time.
	 * @param now the monotonic clock
	 * @return the estimate after it
	 */
	public KeepAliveEstimate judged(long now) {
		return (this.open.isEmpty() || now - this.openSince < JUDGED_AFTER) ? this : judge();
	}

	/**
	 * The idle time-out to reckon with.
	 * @return nanoseconds, or {@link #UNKNOWN}
	 */
	public long limitNanos() {
		long limit = smaller(this.timeout, this.suspicion);
		for (PeerClose close : this.open) {
			if (isIdleClose(close)) {
				limit = smaller(limit, close.idleAtLeast());
			}
		}
		return limit;
	}

	/**
	 * Whether this differs from what was known before by more than the measurement does.
	 * @param before the estimate before
	 * @return whether someone should hear of it
	 */
	public boolean isNewsAfter(KeepAliveEstimate before) {
		return this.maxRequests != before.maxRequests
				|| (this.timeout != UNKNOWN && !isAbout(this.timeout, before.timeout));
	}

	private KeepAliveEstimate judge() {
		List<PeerClose> idle = this.open.stream().filter(KeepAliveEstimate::isIdleClose).toList();
		boolean sameAge = idle.size() >= SMALLEST_BURST && isSameAge(idle);
		boolean sameCount = this.open.stream().mapToInt(PeerClose::requests).distinct().count() == 1;
		KeepAliveEstimate result = this;
		int measured = this.measured;
		if (this.open.size() < SMALLEST_BURST || sameAge || sameCount) {
			for (PeerClose close : idle) {
				result = close.canary() ? result.afterCanary(close, this.suspicion).bounded(close)
						: result.afterIdleClose(close.idleAtLeast(), sameAge);
			}
			measured = measured(result.timeout, idle);
		}
		// Else a restart, or a network that went away: says nothing of time-outs
		return new KeepAliveEstimate(result.timeout, measured, result.suspicion, result.canaries, this.maxRequests,
				this.run, List.of(), 0);
	}

	private int measured(long timeout, List<PeerClose> idle) {
		long agreeing = idle.stream().filter((close) -> isAbout(close.idleAtLeast(), timeout)).count();
		return (int) agreeing + (isAbout(timeout, this.timeout) ? this.measured : 0);
	}

	private KeepAliveEstimate afterCanary(PeerClose close, long suspected) {
		long idle = close.idleAtLeast();
		if (this.timeout == UNKNOWN || close.idleAtMost() + JITTER >= this.timeout) {
			return timeouts(Math.max(idle, this.timeout), UNKNOWN);
		}
		// What closed with it may have had the same cause, and confirms nothing
		boolean confirmed = suspected != UNKNOWN && isAbout(idle, suspected);
		return confirmed ? timeouts(idle, UNKNOWN) : timeouts(this.timeout, idle);
	}

	private KeepAliveEstimate bounded(PeerClose canary) {
		CanaryAges ages = this.canaries.with(canary.idleAtLeast());
		return new KeepAliveEstimate(ages.bound(this.timeout), this.measured, ages.bound(this.suspicion), ages,
				this.maxRequests, this.run, this.open, this.openSince);
	}

	private KeepAliveEstimate afterIdleClose(long idle, boolean sameAge) {
		long known = smaller(this.timeout, this.suspicion);
		if (known != UNKNOWN && idle >= known) {
			return this;
		}
		return sameAge ? timeouts(idle, UNKNOWN) : timeouts(this.timeout, idle);
	}

	private KeepAliveEstimate timeouts(long timeout, long suspicion) {
		return new KeepAliveEstimate(timeout, this.measured, suspicion, this.canaries, this.maxRequests, this.run,
				this.open, this.openSince);
	}

	/**
	 * Whether idleness must have been why. A connection that was last seen alive just
	 * after its last response may have been closed right then, whenever that was found.
	 */
	private static boolean isIdleClose(PeerClose close) {
		return close.idleAtLeast() >= SHORTEST_TIMEOUT;
	}

	/**
	 * Whether idleness cannot have been why. What is neither says nothing for certain.
	 */
	private static boolean isCloseInUse(PeerClose close) {
		return close.idleAtMost() < SHORTEST_TIMEOUT && !close.canary();
	}

	// The intervals in which the closes happened have a time in common, within a tenth
	private static boolean isSameAge(List<PeerClose> closes) {
		long atLeast = closes.stream().mapToLong(PeerClose::idleAtLeast).max().orElse(0);
		long atMost = closes.stream().mapToLong(PeerClose::idleAtMost).min().orElse(0);
		return atLeast <= atMost * TOLERANCE;
	}

	private static boolean isAbout(long one, long other) {
		return one <= other * TOLERANCE && other <= one * TOLERANCE;
	}

	private static long smaller(long one, long other) {
		return (one == UNKNOWN) ? other : (other == UNKNOWN) ? one : Math.min(one, other);
	}

}
