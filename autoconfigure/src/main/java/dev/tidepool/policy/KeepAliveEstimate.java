package dev.tidepool.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the closes of an upstream have taught of its idle time-out and of the requests
 * that it serves on one connection. State in, state out; times are nanoseconds.
 * <p>
 * Closes are collected for a moment before they are judged, since only together do they
 * tell a time-out (all were idle for the same time) from a limit of requests (all had
 * served the same number) and from a restart (neither). Until then, and when the
 * judgement is open, they only make us trust less. Trust grows on one kind of evidence
 * alone: a canary, that is a connection that was watched until the upstream closed it.
 *
 * @param timeout the idle time-out that was learned, or {@link #UNKNOWN}
 * @param suspicion a shorter one that evidence hints at, or {@link #UNKNOWN}
 * @param maxRequests the requests after which the upstream closes, or 0
 * @param counts the requests that the latest connections had served which were closed
 * without having been idle, the latest last
 * @param open closes that are not judged yet
 * @param openSince when the first of these was seen
 */
public record KeepAliveEstimate(long timeout, long suspicion, int maxRequests, List<Integer> counts,
		List<PeerClose> open, long openSince) {

	public static final long UNKNOWN = -1;

	/**
	 * Nothing was learned yet.
	 */
	public static final KeepAliveEstimate NONE = new KeepAliveEstimate(UNKNOWN, UNKNOWN, 0, List.of(), List.of(), 0);

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
	 * This many connections that all served the same number of requests are no chance.
	 */
	static final int EQUAL_COUNTS = 3;

	/**
	 * Fewer closes than this at once are not a restart.
	 */
	static final int SMALLEST_BURST = 3;

	/**
	 * Closes beyond this number in one judgement tell nothing more.
	 */
	private static final int MOST_OPEN = 256;

	private static final double TOLERANCE = 1.1;

	public KeepAliveEstimate {
		counts = List.copyOf(counts);
		open = List.copyOf(open);
	}

	/**
	 * Take in a close.
	 * @param close the close
	 * @param now the monotonic clock
	 * @return the estimate with it, to be trusted at once
	 */
	public KeepAliveEstimate with(PeerClose close, long now) {
		if (close.requests() == 0 || this.open.size() >= MOST_OPEN) {
			return this;
		}
		List<PeerClose> closes = new ArrayList<>(this.open);
		closes.add(close);
		return new KeepAliveEstimate(this.timeout, this.suspicion, this.maxRequests, this.counts, closes,
				this.open.isEmpty() ? now : this.openSince);
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
		List<PeerClose> closes = this.open;
		boolean sameCount = closes.stream().mapToInt(PeerClose::requests).distinct().count() == 1;
		if (closes.size() >= SMALLEST_BURST && !isSameAge(closes) && !sameCount) {
			// A restart, or a network that went away: says nothing of time-outs
			return new KeepAliveEstimate(this.timeout, this.suspicion, this.maxRequests, this.counts, List.of(), 0);
		}
		KeepAliveEstimate result = this;
		for (PeerClose close : closes) {
			result = close.canary() ? result.afterCanary(close.idleAtLeast()) : isIdleClose(close)
					? result.afterIdleClose(close.idleAtLeast(), closes.size()) : result.afterCount(close.requests());
		}
		return new KeepAliveEstimate(result.timeout, result.suspicion, result.maxRequests, result.counts, List.of(), 0);
	}

	private KeepAliveEstimate afterCanary(long idle) {
		long known = smaller(this.timeout, this.suspicion);
		boolean confirmed = this.suspicion != UNKNOWN && isAbout(idle, this.suspicion);
		if (known == UNKNOWN || idle >= known || confirmed) {
			return timeouts(idle, UNKNOWN);
		}
		return timeouts(this.timeout, idle);
	}

	private KeepAliveEstimate afterIdleClose(long idle, int together) {
		long known = smaller(this.timeout, this.suspicion);
		if (known != UNKNOWN && idle >= known) {
			return this;
		}
		return (together >= SMALLEST_BURST) ? timeouts(idle, UNKNOWN) : timeouts(this.timeout, idle);
	}

	private KeepAliveEstimate timeouts(long timeout, long suspicion) {
		return new KeepAliveEstimate(timeout, suspicion, this.maxRequests, this.counts, this.open, this.openSince);
	}

	private KeepAliveEstimate afterCount(int requests) {
		List<Integer> latest = new ArrayList<>(this.counts);
		latest.add(requests);
		if (latest.size() > EQUAL_COUNTS) {
			latest.remove(0);
		}
		boolean constant = latest.size() == EQUAL_COUNTS && latest.stream().distinct().count() == 1;
		return new KeepAliveEstimate(this.timeout, this.suspicion, constant ? requests : this.maxRequests, latest,
				this.open, this.openSince);
	}

	/**
	 * Whether idleness can have been why. A connection that was last seen alive just
	 * after its last response may have been closed right then, whenever that was found.
	 */
	private static boolean isIdleClose(PeerClose close) {
		return close.idleAtLeast() >= SHORTEST_TIMEOUT;
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
