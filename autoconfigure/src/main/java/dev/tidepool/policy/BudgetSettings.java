package dev.tidepool.policy;

/**
 * How many repeats an upstream is given, whatever the callers ask for.
 *
 * @param ratio repeats allowed for each call, 0 to 1
 * @param minPerSecond repeats allowed in any case
 */
public record BudgetSettings(double ratio, int minPerSecond) {

	public static final BudgetSettings DEFAULTS = new BudgetSettings(0.2, 10);

	public BudgetSettings {
		InvalidSettingException.require("ratio", ratio, (value) -> value >= 0 && value <= 1, "must be from 0 to 1",
				"Set the share of calls that may be repeated, such as 0.2.");
		InvalidSettingException.require("min-per-second", minPerSecond, (value) -> value >= 0, "must not be negative",
				"Set 0 or the number of repeats allowed in each second whatever the traffic.");
	}

}
