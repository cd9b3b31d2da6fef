package dev.tidepool.policy;

import java.time.Duration;

/**
 * How the pause before a further attempt grows.
 *
 * @param initial upper bound of the first pause
 * @param multiplier growth of that bound from pause to pause
 * @param max the bound grows no further than this
 */
public record BackoffSettings(Duration initial, double multiplier, Duration max) {

	public static final BackoffSettings DEFAULTS = new BackoffSettings(Duration.ofMillis(50), 2, Duration.ofSeconds(1));

	public BackoffSettings {
		Durations.requirePositive("initial", initial);
		InvalidSettingException.require("multiplier", multiplier, (value) -> value >= 1 && Double.isFinite(value),
				"must be 1 or more", "Set 1 for a constant bound, 2 to double it each time.");
		Durations.requirePositive("max", max);
		InvalidSettingException.require("max", Durations.display(max), (value) -> max.compareTo(initial) >= 0,
				"is shorter than initial, which is " + Durations.display(initial),
				"Set max to initial or longer, or initial shorter.");
	}

	/**
	 * The pause before a repeat, with full jitter: evenly spread from zero to the bound,
	 * so that callers that failed together do not come back together.
	 * @param repeat the number of this repeat that backs off, from 1
	 * @param random a number from 0 (included) to 1 (excluded)
	 * @return the pause in nanoseconds
	 */
	public long delayNanos(int repeat, double random) {
		double bound = Durations.toNanos(this.initial) * Math.pow(this.multiplier, repeat - 1);
		return (long) (random * Math.min(bound, Durations.toNanos(this.max)));
	}

}
