package dev.tidepool.async;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A step has begun, and something happens before the thread that began it says so.
 */
public final class LatestStepStress {

	private LatestStepStress() {
	}

	/**
	 * It has failed, and an I/O thread has begun the next.
	 */
	@JCStressTest
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "the next one is cancelled")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the next one goes on although all was cancelled")
	@State
	public static class Next extends Scene {

		@Actor
		public void caller() {
			this.step.begins(this.first);
		}

		@Actor
		public void reactor() {
			this.first.ends();
			this.step.begins(this.next);
		}

		@Arbiter
		public void after(II_Result result) {
			this.step.cancel();
			result.r1 = this.first.cancels.get();
			result.r2 = this.next.cancels.get();
		}

	}

	/**
	 * All is cancelled, as it fails and the next begins.
	 */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "whichever there was, and all that follow")
	@Outcome(id = { "0, 2", "1, 2" }, expect = Expect.ACCEPTABLE,
			desc = "twice, which is harmless: the second finds it ended")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a step goes on although all was cancelled")
	@State
	public static class Cancel extends Scene {

		@Actor
		public void caller() {
			this.step.begins(this.first);
			this.step.cancel();
		}

		@Actor
		public void reactor() {
			this.first.ends();
			this.step.begins(this.next);
		}

		@Arbiter
		public void after(II_Result result) {
			result.r1 = this.first.cancels.get();
			result.r2 = this.next.cancels.get();
		}

	}

	/**
	 * What the repetitions start from.
	 */
	public abstract static class Scene {

		final LatestStep step = new LatestStep();

		final CountedStep first = new CountedStep();

		final CountedStep next = new CountedStep();

	}

	private static final class CountedStep extends Step {

		private final AtomicInteger cancels = new AtomicInteger();

		@Override
		public boolean cancel() {
			return this.cancels.incrementAndGet() == 1;
		}

	}

}
