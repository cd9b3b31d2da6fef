package dev.tidepool.policy;

/**
 * What holds for the pool as a whole.
 *
 * @param maxTotal connections to all upstreams, active and idle
 * @param reuseOrder which idle connection serves the next call
 */
public record PoolLimits(int maxTotal, ReuseOrder reuseOrder) {

	public static final PoolLimits DEFAULTS = new PoolLimits(1000, ReuseOrder.LIFO);

	public PoolLimits {
		InvalidSettingException.require("max-total", maxTotal, (max) -> max > 0, "must be at least 1",
				"Set the number of connections that all upstreams may have together.");
	}

}
