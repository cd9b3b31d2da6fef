package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZIL_Result;

import dev.tidepool.connection.Shutdown.Pause;

/**
 * The context stops, and something happens at that moment.
 */
public final class ShutdownStress {

	private ShutdownStress() {
	}

	/**
	 * The pool is closed for good: whoever waits for calls to end waits no longer.
	 */
	@JCStressTest
	@Outcome(id = "1, true", expect = Expect.ACCEPTABLE, desc = "told once, and it is over")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the context waits in vain, or is told twice, or the end is taken back")
	@State
	public static class End extends Scene {

		@Actor
		public void stops() {
			this.shutdown.begin(this.told::incrementAndGet);
		}

		@Actor
		public void closes() {
			this.shutdown.complete();
		}

		@Arbiter
		public void after(IZ_Result result) {
			result.r1 = this.told.get();
			result.r2 = this.shutdown.isOver();
		}

	}

	/**
	 * The context starts again as the pool is closed for good.
	 */
	@JCStressTest
	@Outcome(id = "true, 1, CLOSED", expect = Expect.ACCEPTABLE, desc = "the end is final, for those at the gate too")
	@Outcome(id = "true, 0, CLOSED", expect = Expect.ACCEPTABLE, desc = "the context had started, and waited no longer")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the end was taken back, or calls wait at the gate of a closed pool")
	@State
	public static class EndAndStart extends Scene {

		private final OneWaiter waiter = new OneWaiter();

		public EndAndStart() {
			this.shutdown.begin(this.told::incrementAndGet);
		}

		@Actor
		public void starts() {
			this.shutdown.revoke();
		}

		@Actor
		public void closes() {
			this.shutdown.complete();
		}

		@Arbiter
		public void after(ZIL_Result result) {
			result.r1 = this.shutdown.isOver();
			result.r2 = this.told.get();
			this.gate.lane(0, 1).enter(this.waiter);
			result.r3 = this.waiter.told();
		}

	}

	/**
	 * A call is to pause before its next attempt.
	 */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "told once that it must not go on")
	@Outcome(expect = Expect.FORBIDDEN, desc = "pauses on for no use, goes on, or was told twice")
	@State
	public static class PauseStarts extends Scene {

		@Actor
		public void call() {
			pause();
		}

		@Actor
		public void stops() {
			this.shutdown.complete();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r1 = this.told.get();
			result.r2 = this.wentOn.get();
		}

	}

	/**
	 * A call that pauses is cancelled.
	 */
	@JCStressTest
	@Outcome(id = { "true, 0, 0", "false, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "cancelled, or told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "both, or neither")
	@State
	public static class PauseIsCancelled extends Scene {

		private final Pause pause = pause();

		@Actor
		public void caller(ZII_Result result) {
			result.r1 = this.pause.cancel();
		}

		@Actor
		public void stops() {
			this.shutdown.complete();
		}

		@Arbiter
		public void after(ZII_Result result) {
			result.r2 = this.told.get();
			result.r3 = this.wentOn.get();
		}

	}

	/**
	 * The sweeper finds that nothing is in flight any more, as the pool is closed.
	 */
	@JCStressTest
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the context is told once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "told twice, or not at all")
	@State
	public static class Quiet extends Scene {

		public Quiet() {
			this.shutdown.begin(this.told::incrementAndGet);
			this.shutdown.sweep();
		}

		@Actor
		public void sweeper() {
			this.shutdown.sweep();
		}

		@Actor
		public void closes() {
			this.shutdown.complete();
		}

		@Arbiter
		public void after(I_Result result) {
			result.r1 = this.told.get();
		}

	}

	/**
	 * What the repetitions start from.
	 */
	public abstract static class Scene {

		final AdmissionGate gate = new AdmissionGate(10, () -> 0);

		final Shutdown shutdown = new Shutdown(this.gate, () -> 0);

		final AtomicInteger told = new AtomicInteger();

		final AtomicInteger wentOn = new AtomicInteger();

		// Not started: no pause ends by itself
		private final DeadlineWatch watch = new DeadlineWatch(() -> 0);

		Pause pause() {
			return this.shutdown.pause(1_000, this.watch, (goesOn) -> {
				this.told.incrementAndGet();
				if (goesOn) {
					this.wentOn.incrementAndGet();
				}
			});
		}

	}

}
