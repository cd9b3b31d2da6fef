package dev.tidepool.policy;

import java.time.Duration;

/**
 * How many connections one upstream may have, and how long a caller waits for one.
 *
 * @param maxPerUpstream connections to one upstream, active and idle
 * @param acquireTimeout longest wait for a connection from the pool
 */
public record PoolSettings(int maxPerUpstream, Duration acquireTimeout) {

	public static final PoolSettings DEFAULTS = new PoolSettings(200, Duration.ofSeconds(1));

	public PoolSettings {
		InvalidSettingException.require("max-per-upstream", maxPerUpstream, (max) -> max > 0, "must be at least 1",
				"Set the number of calls that may be in flight to one upstream.");
		Durations.requirePositive("acquire-timeout", acquireTimeout);
	}

}
