package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests a connection of one upstream serves before it retires: as many as
 * configured, or one less than were learned, as the upstream may close as soon as it has
 * answered.
 * <p>
 * What was learned would stay for ever, since no connection is ever sent more. So it is
 * tried out: now and then a connection does not retire, and only a request that may be
 * sent twice goes beyond the limit on it. If that is lost, it is repeated, and the limit
 * holds; if it is answered, there is no such limit. Where nothing is ever repeated,
 * nothing is tried.
 */
final class RequestLimit {

	/**
	 * How often a limit that was learned is tried out: for so long an error costs more
	 * connections than needed, and so often the truth costs a repeat.
	 */
	static final long TRIED_EVERY = TimeUnit.MINUTES.toNanos(1);

	private final int configured;

	private final boolean repeats;

	private final AtomicLong lastTrial = new AtomicLong();

	private volatile int learned;

	private volatile int max;

	/**
	 * Create a limit.
	 * @param configured the requests after which a connection retires in any case, or 0
	 * @param repeats whether a request is repeated that was lost
	 */
	RequestLimit(int configured, boolean repeats) {
		this.configured = (configured > 0) ? configured : Integer.MAX_VALUE;
		this.repeats = repeats;
		this.max = this.configured;
	}

	/**
	 * The requests after which a connection retires.
	 * @return the number, {@link Integer#MAX_VALUE} for no limit
	 */
	int max() {
		return this.max;
	}

	/**
	 * Take in what was learned.
	 * @param requests the requests after which the upstream closes, or 0
	 * @param now the monotonic clock
	 */
	void learned(int requests, long now) {
		if (requests != this.learned) {
			this.lastTrial.set(now);
			this.learned = requests;
			this.max = (requests > 0) ? Math.min(this.configured, Math.max(1, requests - 1)) : this.configured;
		}
	}

	/**
	 * Whether a connection goes on although it would have to retire.
	 * @param requests how many it has served
	 * @param onTrial whether it did so before
	 * @param now the monotonic clock
	 * @return whether it goes on
	 */
	boolean isTried(int requests, boolean onTrial, long now) {
		return requests < this.configured && (onTrial || (this.repeats && isTimeToTry(now)));
	}

	private boolean isTimeToTry(long now) {
		long last = this.lastTrial.get();
		return now - last >= TRIED_EVERY && this.lastTrial.compareAndSet(last, now);
	}

	/**
	 * Whether the next request of a connection may be lost, as far as was learned.
	 * @param served how many it has served
	 * @return whether that is as many as the upstream serves
	 */
	boolean isReachedBy(int served) {
		int learned = this.learned;
		return learned > 0 && served >= learned;
	}

}
