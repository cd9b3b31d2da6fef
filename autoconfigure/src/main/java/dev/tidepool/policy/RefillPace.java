package dev.tidepool.policy;

import java.time.Duration;

/**
 * When idle connections of an upstream may be made up to {@code min-idle} again. At once
 * as a rule; ever later while connects fail, or while the upstream closes what was just
 * connected, so that neither makes us connect for ever.
 *
 * @param failures in a row
 * @param since when connections were made last, on the monotonic clock
 * @param pauseNanos how long none are made after that
 */
public record RefillPace(int failures, long since, long pauseNanos) {

	/**
	 * The first pause, and how often to look whether connections are missing.
	 */
	public static final Duration SHORTEST = Duration.ofSeconds(1);

	/**
	 * The pauses grow no further than this.
	 */
	public static final Duration LONGEST = Duration.ofMinutes(1);

	/**
	 * Connections that live for as long are not closed at once.
	 */
	static final Duration SETTLED = Duration.ofSeconds(5);

	/**
	 * The pace at the start.
	 * @param now the monotonic clock
	 * @return a pace that permits to connect
	 */
	public static RefillPace start(long now) {
		return new RefillPace(0, now, 0);
	}

	public boolean permits(long now) {
		return now - this.since >= this.pauseNanos;
	}

	/**
	 * Connections were made.
	 * @param now the monotonic clock
	 * @return the pace from now on
	 */
	public RefillPace connected(long now) {
		return new RefillPace(this.failures, now, 0);
	}

	/**
	 * Connecting failed, or the upstream closed what it had not been asked anything on.
	 * @param now the monotonic clock
	 * @param random a number from 0 (included) to 1 (excluded)
	 * @return the pace from now on: half of the pause is jitter, so that instances that
	 * lost their connections together do not come back together
	 */
	public RefillPace failed(long now, double random) {
		long bound = Math.min(Durations.toNanos(LONGEST), Durations.toNanos(SHORTEST) << Math.min(this.failures, 10));
		return new RefillPace(this.failures + 1, now, (long) (bound * (1 + random) / 2));
	}

	/**
	 * Nothing is missing.
	 * @param now the monotonic clock
	 * @return the pace from now on
	 */
	public RefillPace kept(long now) {
		boolean settled = this.failures > 0 && now - this.since >= Durations.toNanos(SETTLED);
		return settled ? start(now) : this;
	}

}
