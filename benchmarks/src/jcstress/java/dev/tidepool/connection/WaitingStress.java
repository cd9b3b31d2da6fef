package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.LLLL_Result;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;
import dev.tidepool.connection.AdmissionGate.Pending;

/**
 * A wait at the gate ends in two ways at once.
 */
public final class WaitingStress {

	private WaitingStress() {
	}

	/**
	 * Its time is over as the place is left.
	 */
	@JCStressTest
	@Outcome(id = { "true, 0, 0, 0", "false, ADMITTED, 1, 0" }, expect = Expect.ACCEPTABLE,
			desc = "turned away and never told, or passed")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the place is lost, or given to one that was turned away")
	@State
	public static class Expiry extends Scene {

		@Actor
		public void watch(LLLL_Result result) {
			result.r1 = this.pending.expire();
		}

		@Actor
		public void leaves() {
			this.lane.leave();
		}

		@Arbiter
		public void after(LLLL_Result result) {
			result.r2 = this.waiter.told();
			result.r3 = this.lane.active();
			result.r4 = this.lane.pending();
		}

	}

	/**
	 * It is cancelled as the place is left, and somebody waits behind it.
	 */
	@JCStressTest
	@Outcome(id = { "true, 0, ADMITTED, 1", "false, ADMITTED, 0, 1" }, expect = Expect.ACCEPTABLE,
			desc = "the next passes, or it did itself")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the place is lost, or given twice")
	@State
	public static class Cancel extends Scene {

		private final OneWaiter next = new OneWaiter();

		public Cancel() {
			this.lane.enter(this.next);
		}

		@Actor
		public void gives(LLLL_Result result) {
			result.r1 = this.pending.cancel();
		}

		@Actor
		public void leaves() {
			this.lane.leave();
		}

		@Arbiter
		public void after(LLLL_Result result) {
			result.r2 = this.waiter.told();
			result.r3 = this.next.told();
			result.r4 = this.lane.active();
		}

	}

	/**
	 * It is cancelled as its time is over.
	 */
	@JCStressTest
	@Outcome(id = { "true, false, 0, 0", "false, true, 0, 0" }, expect = Expect.ACCEPTABLE, desc = "ended once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, or not")
	@State
	public static class CancelAndExpiry extends Scene {

		@Actor
		public void gives(LLLL_Result result) {
			result.r1 = this.pending.cancel();
		}

		@Actor
		public void watch(LLLL_Result result) {
			result.r2 = this.pending.expire();
		}

		@Arbiter
		public void after(LLLL_Result result) {
			result.r3 = this.waiter.told();
			result.r4 = this.lane.pending();
		}

	}

	/**
	 * The gate is closed as another comes to wait.
	 */
	@JCStressTest
	@Outcome(id = "CLOSED, CLOSED, 0", expect = Expect.ACCEPTABLE, desc = "nobody waits any more, each told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "waits at a closed gate, or was told twice")
	@State
	public static class Close extends Scene {

		private final OneWaiter next = new OneWaiter();

		@Actor
		public void comes() {
			this.lane.enter(this.next);
		}

		@Actor
		public void end() {
			this.gate.close();
		}

		@Arbiter
		public void after(LLI_Result result) {
			result.r1 = this.waiter.told();
			result.r2 = this.next.told();
			result.r3 = this.lane.pending();
		}

	}

	/**
	 * A thread parks as the place is left. A lost wake-up would show as an expiry, after
	 * seconds.
	 */
	@JCStressTest
	@Outcome(id = "ADMITTED, 1", expect = Expect.ACCEPTABLE, desc = "woken up")
	@Outcome(expect = Expect.FORBIDDEN, desc = "slept through it")
	@State
	public static class Parked {

		private final AdmissionGate gate = new AdmissionGate(10, System::nanoTime);

		private final Lane lane = this.gate.lane(1, 10);

		public Parked() {
			this.lane.tryEnter();
		}

		@Actor
		public void comes(LI_Result result) {
			try {
				result.r1 = this.lane.enter(TimeUnit.SECONDS.toNanos(5));
			}
			catch (InterruptedException ex) {
				result.r1 = "INTERRUPTED";
			}
		}

		@Actor
		public void leaves() {
			this.lane.leave();
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r2 = this.lane.active();
		}

	}

	/**
	 * The thread that waits is interrupted as the place is left.
	 */
	@JCStressTest
	@Outcome(id = { "ADMITTED, 1, 0", "INTERRUPTED, 0, 0" }, expect = Expect.ACCEPTABLE,
			desc = "passed, or gave its place back")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the place is lost")
	@State
	public static class Interrupted {

		private final AdmissionGate gate = new AdmissionGate(10, System::nanoTime);

		private final Lane lane = this.gate.lane(1, 10);

		public Interrupted() {
			this.lane.tryEnter();
		}

		@Actor
		public void comes(LII_Result result) {
			Thread.currentThread().interrupt();
			try {
				Admission admission = this.lane.enter(TimeUnit.SECONDS.toNanos(5));
				result.r1 = admission.name();
			}
			catch (InterruptedException ex) {
				result.r1 = "INTERRUPTED";
			}
			// Not the next repetition
			Thread.interrupted();
		}

		@Actor
		public void leaves() {
			this.lane.leave();
		}

		@Arbiter
		public void after(LII_Result result) {
			result.r2 = this.lane.active();
			result.r3 = this.lane.pending();
		}

	}

	/**
	 * What the repetitions start from: one place, which is taken, and one that waits.
	 */
	public abstract static class Scene {

		final AdmissionGate gate = new AdmissionGate(10, () -> 0);

		final Lane lane = this.gate.lane(1, 10);

		final OneWaiter waiter = new OneWaiter();

		final Pending pending;

		Scene() {
			this.lane.tryEnter();
			this.pending = this.lane.enter(this.waiter);
		}

	}

}
