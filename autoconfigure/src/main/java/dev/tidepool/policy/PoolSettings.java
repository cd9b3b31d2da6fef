package dev.tidepool.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How many connections one upstream may have, and how long a caller waits for one.
 *
 * @param maxPerUpstream connections to one upstream, active and idle
 * @param maxPending callers that may wait for a connection to one upstream
 * @param acquireTimeout longest wait for a connection from the pool
 * @param maxLifetime age at which a connection is replaced
 * @param minIdle connections that are kept idle, where it is known whom to connect to
 * @param leakDetectionThreshold time after which a connection that has not come back is
 * reported, zero or {@code null} for never
 */
public record PoolSettings(int maxPerUpstream, int maxPending, Duration acquireTimeout, Duration maxLifetime,
		int minIdle, @Nullable Duration leakDetectionThreshold) {

	public static final PoolSettings DEFAULTS = new PoolSettings(200, 1000, Duration.ofSeconds(1),
			Duration.ofMinutes(10), 0, null);

	private static final double LIFETIME_JITTER = 0.1;

	public PoolSettings {
		requireMaxPerUpstream(maxPerUpstream);
		InvalidSettingException.require("max-pending", maxPending, (max) -> max >= 0, "must not be negative",
				"Set the number of callers that may wait for a connection, 0 to refuse instead.");
		Durations.requirePositive("acquire-timeout", acquireTimeout);
		Durations.requirePositive("max-lifetime", maxLifetime);
		InvalidSettingException.require("min-idle", minIdle, (min) -> min >= 0, "must not be negative",
				"Set the number of connections to keep ready, 0 for none.");
		InvalidSettingException.require("min-idle", minIdle, (min) -> min <= maxPerUpstream,
				"is above max-per-upstream, which is " + maxPerUpstream,
				"Set a smaller number, or raise max-per-upstream.");
		if (leakDetectionThreshold != null) {
			Durations.requireNotNegative("leak-detection-threshold", leakDetectionThreshold);
		}
	}

	/**
	 * Check a limit that changes while running, which {@code minIdle} then has to fit.
	 * @param maxPerUpstream connections to one upstream, active and idle
	 * @throws InvalidSettingException if it is not positive
	 */
	public static void requireMaxPerUpstream(int maxPerUpstream) {
		InvalidSettingException.require("max-per-upstream", maxPerUpstream, (max) -> max > 0, "must be at least 1",
				"Set the number of calls that may be in flight to one upstream.");
	}

	/**
	 * The lifetime of one connection: a tenth more or less than the setting, so that
	 * connections that were made together do not end together.
	 * @param random a number from 0 (included) to 1 (excluded)
	 * @return nanoseconds
	 */
	public long lifetimeNanos(double random) {
		return (long) (Durations.toNanos(this.maxLifetime) * (1 - LIFETIME_JITTER + 2 * LIFETIME_JITTER * random));
	}

}
