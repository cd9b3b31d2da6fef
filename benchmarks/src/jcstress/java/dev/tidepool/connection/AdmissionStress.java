package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

import dev.tidepool.connection.AdmissionGate.Lane;

/**
 * Callers come to the gate as room is taken, made or left. Nobody waits although there is
 * room, and never have more passed than may.
 */
public final class AdmissionStress {

	private AdmissionStress() {
	}

	/**
	 * Three want the two places that there are, one of them in total for two upstreams.
	 */
	@JCStressTest
	@Outcome(id = { "true, true, false", "true, false, true", "false, true, true" }, expect = Expect.ACCEPTABLE,
			desc = "two pass")
	@Outcome(expect = Expect.FORBIDDEN, desc = "more have passed than may, or nobody")
	@State
	public static class Limit {

		private final AdmissionGate gate = new AdmissionGate(2, () -> 0);

		private final Lane lane = this.gate.lane(2, 10);

		private final Lane other = this.gate.lane(1, 10);

		@Actor
		public void oneAndTwo(ZZZ_Result result) {
			result.r1 = this.lane.tryEnter();
			result.r2 = this.lane.tryEnter();
		}

		@Actor
		public void three(ZZZ_Result result) {
			result.r3 = this.other.tryEnter();
		}

	}

	/**
	 * Somebody comes to wait as the one that had the place leaves.
	 */
	@JCStressTest
	@Outcome(id = "ADMITTED, 1, 0", expect = Expect.ACCEPTABLE, desc = "passes, told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits although there is room, or passed twice")
	@State
	public static class Leave extends Scene {

		@Actor
		public void comes() {
			this.lane.enter(this.waiter);
		}

		@Actor
		public void leaves() {
			this.lane.leave();
		}

		@Arbiter
		public void after(LII_Result result) {
			tell(result);
		}

	}

	/**
	 * The room in total is left by a caller of another upstream.
	 */
	@JCStressTest
	@Outcome(id = "ADMITTED, 1, 0", expect = Expect.ACCEPTABLE, desc = "passes, told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits although there is room, or passed twice")
	@State
	public static class LeaveOfOther extends Scene {

		private final Lane other = this.gate.lane(1, 10);

		public LeaveOfOther() {
			this.lane.leave();
			this.other.tryEnter();
			this.gate.maxTotal(1);
		}

		@Actor
		public void comes() {
			this.lane.enter(this.waiter);
		}

		@Actor
		public void leaves() {
			this.other.leave();
		}

		@Arbiter
		public void after(LII_Result result) {
			tell(result);
		}

	}

	/**
	 * The upstream's limit is raised.
	 */
	@JCStressTest
	@Outcome(id = "ADMITTED, 2, 0", expect = Expect.ACCEPTABLE, desc = "passes, told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits although there is room")
	@State
	public static class RaisedLimit extends Scene {

		@Actor
		public void comes() {
			this.lane.enter(this.waiter);
		}

		@Actor
		public void operator() {
			this.lane.max(2);
		}

		@Arbiter
		public void after(LII_Result result) {
			tell(result);
		}

	}

	/**
	 * The limit in total is raised.
	 */
	@JCStressTest
	@Outcome(id = "ADMITTED, 2, 0", expect = Expect.ACCEPTABLE, desc = "passes, told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits although there is room")
	@State
	public static class RaisedTotal extends Scene {

		public RaisedTotal() {
			this.gate.maxTotal(1);
			this.lane.max(2);
		}

		@Actor
		public void comes() {
			this.lane.enter(this.waiter);
		}

		@Actor
		public void operator() {
			this.gate.maxTotal(2);
		}

		@Arbiter
		public void after(LII_Result result) {
			tell(result);
		}

	}

	/**
	 * The limit is lowered as somebody comes and the one that had the place leaves.
	 */
	@JCStressTest
	@Outcome(id = { "true, 1", "false, 0" }, expect = Expect.ACCEPTABLE, desc = "passed before it was lowered, or not")
	@Outcome(expect = Expect.FORBIDDEN, desc = "passed without a place, or took one without passing")
	@State
	public static class LoweredLimit extends Scene {

		public LoweredLimit() {
			this.lane.leave();
		}

		@Actor
		public void comes(ZI_Result result) {
			result.r1 = this.lane.tryEnter();
		}

		@Actor
		public void operator() {
			this.lane.max(0);
		}

		@Arbiter
		public void after(ZI_Result result) {
			result.r2 = (this.lane.active() == this.gate.active()) ? this.lane.active() : -1;
		}

	}

	/**
	 * One tries in vain, for want of room in total, as another comes to wait and room is
	 * made: what the first takes for a moment hides no room from the second.
	 */
	@JCStressTest
	@Outcome(id = { "ADMITTED, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "who waits passes in the end")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits although there is room")
	@State
	public static class VainTry extends Scene {

		private final Lane other = this.gate.lane(1, 10);

		private volatile boolean passed;

		public VainTry() {
			this.lane.leave();
			this.other.tryEnter();
			this.gate.maxTotal(1);
		}

		@Actor
		public void triesAndLeavesTheOther() {
			this.passed = this.lane.tryEnter();
			this.other.leave();
		}

		@Actor
		public void comes() {
			this.lane.enter(this.waiter);
		}

		@Arbiter
		public void after(LII_Result result) {
			if (this.passed) {
				this.lane.leave();
			}
			tell(result);
		}

	}

	/**
	 * What the repetitions start from: one place, which is taken.
	 */
	public abstract static class Scene {

		final AdmissionGate gate = new AdmissionGate(10, () -> 0);

		final Lane lane = this.gate.lane(1, 10);

		final OneWaiter waiter = new OneWaiter();

		Scene() {
			this.lane.tryEnter();
		}

		void tell(LII_Result result) {
			result.r1 = this.waiter.told();
			result.r2 = (this.lane.active() == this.gate.active()) ? this.lane.active() : -1;
			result.r3 = this.lane.pending();
		}

	}

}
