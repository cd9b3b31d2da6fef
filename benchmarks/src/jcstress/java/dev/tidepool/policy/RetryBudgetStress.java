package dev.tidepool.policy;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/**
 * Calls ask for the last repeat that the budget has.
 */
public final class RetryBudgetStress {

	private RetryBudgetStress() {
	}

	/**
	 * Two at once.
	 */
	@JCStressTest
	@Outcome(id = { "true, false, 0", "false, true, 0" }, expect = Expect.ACCEPTABLE, desc = "one gets it")
	@Outcome(expect = Expect.FORBIDDEN, desc = "given twice, or to nobody")
	@State
	public static class Last extends Scene {

		@Actor
		public void one(ZZI_Result result) {
			result.r1 = this.budget.tryTake(0);
		}

		@Actor
		public void other(ZZI_Result result) {
			result.r2 = this.budget.tryTake(0);
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = (int) this.budget.left(0);
		}

	}

	/**
	 * As others call, by which the budget grows.
	 */
	@JCStressTest
	@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "taken, and each call was counted once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a call was counted twice, or not at all")
	@State
	public static class Calls extends Scene {

		@Actor
		public void repeats(ZI_Result result) {
			result.r1 = this.budget.tryTake(0);
		}

		@Actor
		public void calls() {
			this.budget.call();
			this.budget.call();
		}

		@Arbiter
		public void after(ZI_Result result) {
			result.r2 = (int) this.budget.left(0);
		}

	}

	/**
	 * As another one has read the clock before: time counts once.
	 */
	@JCStressTest
	@Outcome(id = "9", expect = Expect.ACCEPTABLE, desc = "a second's worth, whoever was first, less what was taken")
	@Outcome(expect = Expect.FORBIDDEN, desc = "time was counted twice, or lost")
	@State
	public static class Clock {

		private final RetryBudget budget = new RetryBudget(new BudgetSettings(0, 1), 0);

		public Clock() {
			this.budget.tryTake(0);
			this.budget.tryTake(0);
			this.budget.tryTake(0);
		}

		@Actor
		public void earlier() {
			this.budget.left(500_000_000);
		}

		@Actor
		public void later() {
			this.budget.left(2_000_000_000);
		}

		@Arbiter
		public void after(I_Result result) {
			result.r1 = (int) this.budget.left(2_000_000_000);
		}

	}

	/**
	 * What the repetitions start from: one repeat is left, and each call adds half a one.
	 */
	public abstract static class Scene {

		final RetryBudget budget = new RetryBudget(new BudgetSettings(0.5, 0), 0);

		Scene() {
			while (this.budget.left(0) > 1) {
				this.budget.tryTake(0);
			}
		}

	}

}
