package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/**
 * A connection goes back to the pool, or is swept there, while it is closed.
 */
public final class ReturnStress {

	private ReturnStress() {
	}

	/**
	 * It goes back as its pool is closed.
	 */
	@JCStressTest
	@Outcome(id = "CLOSED, 1", expect = Expect.ACCEPTABLE, desc = "closed, counted once, whoever was first")
	@Outcome(expect = Expect.FORBIDDEN, desc = "came back to life, or was not counted once")
	@State
	public static class Close {

		private final OneConnection one = new OneConnection();

		public Close() {
			this.one.pool.lease(this.one.record);
		}

		@Actor
		public void caller() {
			this.one.pool.goBack(this.one.record);
		}

		@Actor
		public void end() {
			this.one.record.closed();
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r1 = this.one.record.state();
			result.r2 = this.one.closes();
		}

	}

	/**
	 * It is looked at as its pool is closed.
	 */
	@JCStressTest
	@Outcome(id = "CLOSED, 1", expect = Expect.ACCEPTABLE, desc = "closed, counted once, whoever was first")
	@Outcome(expect = Expect.FORBIDDEN, desc = "came back to life, or was not counted once")
	@State
	public static class Sweep {

		private final OneConnection one = new OneConnection();

		@Actor
		public void sweeper() {
			this.one.record.sweep(this.one.pool.now(), 0);
		}

		@Actor
		public void end() {
			this.one.record.closed();
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r1 = this.one.record.state();
			result.r2 = this.one.closes();
		}

	}

	/**
	 * Deadline and pool close it at once, each for its own reason.
	 */
	@JCStressTest
	@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "counted once, for the first reason")
	@Outcome(expect = Expect.FORBIDDEN, desc = "counted twice, not at all, or for no reason")
	@State
	public static class Reasons {

		private final OneConnection one = new OneConnection();

		@Actor
		public void deadline() {
			this.one.record.closing(CloseReason.DEADLINE);
			this.one.record.closed();
		}

		@Actor
		public void end() {
			this.one.record.closing(CloseReason.SHUT_DOWN);
			this.one.record.closed();
		}

		@Arbiter
		public void after(II_Result result) {
			UpstreamStats stats = this.one.pool.upstream().stats();
			boolean once = this.one.closes() == 1;
			result.r1 = once ? (int) stats.closed(CloseReason.DEADLINE) : -1;
			result.r2 = once ? (int) stats.closed(CloseReason.SHUT_DOWN) : -1;
		}

	}

	/**
	 * What is known of a connection is shown as it comes and goes.
	 */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "shown until it is counted as closed")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the numbers shown do not add up")
	@State
	public static class Shown {

		private final OneConnection one = new OneConnection();

		@Actor
		public void end() {
			this.one.record.closed();
		}

		@Actor
		public void reader(II_Result result) {
			result.r1 = this.one.pool.upstream().stats().connections().size();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r2 = this.one.closes();
		}

	}

}
