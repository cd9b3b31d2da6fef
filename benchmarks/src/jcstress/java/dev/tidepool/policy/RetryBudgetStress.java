package dev.tidepool.policy;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/**
 * Two calls ask for the last repeat at once.
 */
@JCStressTest
@Outcome(id = { "true, false, 0", "false, true, 0" }, expect = Expect.ACCEPTABLE, desc = "one gets it")
@Outcome(expect = Expect.FORBIDDEN, desc = "a repeat was given twice, or to nobody")
@State
public class RetryBudgetStress {

	private final RetryBudget budget = new RetryBudget(new BudgetSettings(0.1, 0), 0);

	public RetryBudgetStress() {
		while (this.budget.left(0) > 1) {
			this.budget.tryTake(0);
		}
	}

	@Actor
	public void one(ZZL_Result result) {
		result.r1 = this.budget.tryTake(0);
	}

	@Actor
	public void other(ZZL_Result result) {
		result.r2 = this.budget.tryTake(0);
	}

	@Arbiter
	public void left(ZZL_Result result) {
		result.r3 = this.budget.left(0);
	}

}
