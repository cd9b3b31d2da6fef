package dev.tidepool.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.Durations;

/**
 * When a whole call has to be over, with its repeats and redirects; or connecting, which
 * is bounded in the same way.
 *
 * @param started when it started, on the monotonic clock
 * @param timeout how long it may take, or {@code null} for as long as it wants
 * @param property what set the time-out, to name in a message
 */
public record CallDeadline(long started, @Nullable Duration timeout, String property) {

	/**
	 * What is left.
	 * @param now the monotonic clock
	 * @return nanoseconds, zero when it is over, {@link Long#MAX_VALUE} if there is no
	 * deadline
	 */
	public long left(long now) {
		return (this.timeout != null) ? Math.max(0, Durations.toNanos(this.timeout) - (now - this.started))
				: Long.MAX_VALUE;
	}

	public Duration elapsed(long now) {
		return Duration.ofMillis((now - this.started) / 1_000_000);
	}

}
