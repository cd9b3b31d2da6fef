package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.policy.BudgetSettings;

/**
 * Calls failed that would have been repeated, had the budget allowed it.
 */
final class RetryBudgetRule implements UpstreamRule {

	/**
	 * Fewer are the end of a short outage, which the budget is there for.
	 */
	static final int MIN_REPEATS = 10;

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		long denied = window.count((stats) -> sum(stats, RetryOutcome.NO_BUDGET_LEFT));
		if (denied < MIN_REPEATS) {
			return null;
		}
		long made = window.count((stats) -> sum(stats, RetryOutcome.SUCCESS) + sum(stats, RetryOutcome.FAILURE));
		BudgetSettings budget = evidence.settings().retry().budget();
		String property = evidence.property("retry.budget.ratio");
		return evidence.finding("retries-denied",
				"%s of the repeats that calls to %s needed (%d) were not made, as the budget of %d %% of calls and %d a second was used up: find out why so many calls fail, or raise %s if it can bear them"
					.formatted(Text.share(denied, denied + made), evidence.upstream(), denied,
							Math.round(budget.ratio() * 100), budget.minPerSecond(), property),
				property, null);
	}

	private static long sum(StatsSnapshot stats, RetryOutcome outcome) {
		return stats.retries().values().stream().mapToLong((outcomes) -> outcomes.getOrDefault(outcome, 0L)).sum();
	}

}
