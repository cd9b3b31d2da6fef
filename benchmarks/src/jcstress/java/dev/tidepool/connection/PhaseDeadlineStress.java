package dev.tidepool.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZI_Result;
import org.openjdk.jcstress.infra.results.IZL_Result;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.ZIZ_Result;

import dev.tidepool.connection.PhaseDeadline.Phase;

/**
 * A wait ends, or another starts, as its time is over.
 */
public final class PhaseDeadlineStress {

	private PhaseDeadlineStress() {
	}

	/**
	 * What was waited for comes at the last moment.
	 */
	@JCStressTest
	@Outcome(id = "true, 0, false", expect = Expect.ACCEPTABLE, desc = "in time, and the connection lives")
	@Outcome(id = "false, 1, true", expect = Expect.ACCEPTABLE, desc = "too late, and the connection is ended once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "in time on a connection that was ended, or waited for ever")
	@State
	public static class Completion extends Scene {

		@Actor
		public void caller(ZIZ_Result result) {
			result.r1 = this.deadline.ends();
		}

		@Actor
		public void watch() {
			this.deadline.expire(DUE);
		}

		@Arbiter
		public void after(ZIZ_Result result) {
			result.r2 = this.aborts.get();
			result.r3 = this.deadline.isExpired();
		}

	}

	/**
	 * Another wait starts at the last moment.
	 */
	@JCStressTest
	@Outcome(id = "0, false, DRAIN", expect = Expect.ACCEPTABLE, desc = "the next wait goes on")
	@Outcome(id = { "1, true, READ", "1, true, DRAIN" }, expect = Expect.ACCEPTABLE,
			desc = "too late, and the next wait does not bring it back")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the next wait goes on although the connection was ended")
	@State
	public static class NextWait extends Scene {

		@Actor
		public void caller() {
			this.deadline.starts(Phase.DRAIN, 1_000_000, FOREVER);
		}

		@Actor
		public void watch() {
			this.deadline.expire(DUE);
		}

		@Arbiter
		public void after(IZL_Result result) {
			result.r1 = this.aborts.get();
			result.r2 = this.deadline.isExpired();
			result.r3 = this.deadline.phase();
		}

	}

	/**
	 * The call's time is over as a wait starts, and the watch comes by.
	 */
	@JCStressTest
	@Outcome(id = "1, true", expect = Expect.ACCEPTABLE, desc = "ended once, by one of the two")
	@Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, or not at all")
	@State
	public static class CallIsOver extends Scene {

		@Actor
		public void caller() {
			this.deadline.starts(Phase.READ, Long.MAX_VALUE, OVER);
		}

		@Actor
		public void watch() {
			this.deadline.expire(DUE);
		}

		@Arbiter
		public void after(IZ_Result result) {
			result.r1 = this.aborts.get();
			result.r2 = this.deadline.isExpired();
		}

	}

	/**
	 * A wait that starts on a connection that has none due, as the watch comes by.
	 */
	@JCStressTest
	@Outcome(id = "0, false, 0", expect = Expect.ACCEPTABLE, desc = "goes on until it is due")
	@Outcome(expect = Expect.FORBIDDEN, desc = "ended before its time")
	@State
	public static class FirstWait extends Scene {

		public FirstWait() {
			this.deadline.ends();
		}

		@Actor
		public void caller() {
			this.deadline.starts(Phase.READ, 2 * DUE, FOREVER);
		}

		@Actor
		public void watch() {
			this.deadline.expire(DUE);
		}

		@Arbiter
		public void after(IZI_Result result) {
			result.r1 = this.aborts.get();
			result.r2 = this.deadline.isExpired();
			result.r3 = this.deadline.ends() ? 0 : 1;
		}

	}

	/**
	 * What the repetitions start from: a wait that is over by when it is looked at.
	 */
	public abstract static class Scene {

		static final long DUE = 10;

		static final CallDeadline FOREVER = new CallDeadline(0, null, "");

		static final CallDeadline OVER = new CallDeadline(0, Duration.ZERO, "");

		// Not started: the tests do what its thread does
		private static final DeadlineWatch WATCH = new DeadlineWatch(() -> 0);

		final AtomicInteger aborts = new AtomicInteger();

		final PhaseDeadline deadline = new PhaseDeadline(WATCH, () -> 0, this.aborts::incrementAndGet);

		Scene() {
			this.deadline.starts(Phase.READ, DUE, FOREVER);
		}

	}

}
