package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * An alarm is due as something else happens to it.
 */
public final class AlarmStress {

	private AlarmStress() {
	}

	/**
	 * It is cancelled.
	 */
	@JCStressTest
	@Outcome(id = { "true, 0, 0", "false, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "cancelled or done")
	@Outcome(expect = Expect.FORBIDDEN, desc = "both, neither, or still pending")
	@State
	public static class Cancel extends Scene {

		@Actor
		public void caller(ZII_Result result) {
			result.r1 = this.alarm.cancel();
		}

		@Actor
		public void watch() {
			this.alarms.ring(10);
		}

		@Arbiter
		public void after(ZII_Result result) {
			result.r2 = this.done.get();
			result.r3 = this.alarms.pending();
		}

	}

	/**
	 * The watch ends, and with it the alarm is done by whoever asked for it.
	 */
	@JCStressTest
	@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "done once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "done twice, not at all, or still pending")
	@State
	public static class End extends Scene {

		@Actor
		public void caller() {
			this.alarms.ring(this.alarm);
		}

		@Actor
		public void watch() {
			this.alarms.ringAll();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r1 = this.done.get();
			result.r2 = this.alarms.pending();
		}

	}

	/**
	 * Another is added for the same time.
	 */
	@JCStressTest
	@Outcome(id = { "1, 1", "2, 0" }, expect = Expect.ACCEPTABLE, desc = "the other is done now or remains")
	@Outcome(expect = Expect.FORBIDDEN, desc = "one was lost, or done twice")
	@State
	public static class Add extends Scene {

		@Actor
		public void caller() {
			this.alarms.add(10, this.done::incrementAndGet);
		}

		@Actor
		public void watch() {
			this.alarms.ring(10);
		}

		@Arbiter
		public void after(II_Result result) {
			result.r1 = this.done.get();
			result.r2 = this.alarms.pending();
		}

	}

	/**
	 * What the repetitions start from.
	 */
	public abstract static class Scene {

		final AtomicInteger done = new AtomicInteger();

		final Alarms alarms = new Alarms();

		final Alarm alarm = this.alarms.add(10, this.done::incrementAndGet);

	}

}
