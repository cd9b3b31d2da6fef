package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZLI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import dev.tidepool.connection.ConnectionProbe.Look;

/**
 * An aged connection is handed over to be watched.
 */
public final class CanariesStress {

	private CanariesStress() {
	}

	/**
	 * It is lost, or closed with its pool, at that moment.
	 */
	@JCStressTest
	@Outcome(id = { "true, CLOSED, 1", "false, CLOSED, 1" }, expect = Expect.ACCEPTABLE,
			desc = "closed and counted once, watched or not")
	@Outcome(expect = Expect.FORBIDDEN, desc = "came back to life, or was counted twice")
	@State
	public static class Loss extends Scene {

		@Actor
		public void pool(ZLI_Result result) {
			result.r1 = this.canaries.adopt(this.one.record);
		}

		@Actor
		public void reactor() {
			this.one.record.closed();
		}

		@Arbiter
		public void after(ZLI_Result result) {
			this.one.probe.look = Look.CLOSED;
			this.canaries.watch(this.one.pool.pass(50));
			result.r2 = this.one.record.state();
			result.r3 = this.one.closes();
		}

	}

	/**
	 * Watching ends for all.
	 */
	@JCStressTest
	@Outcome(id = "true, CLOSED, 1", expect = Expect.ACCEPTABLE, desc = "watched for a moment, and closed in order")
	@Outcome(id = "false, IDLE, 0", expect = Expect.ACCEPTABLE, desc = "not taken: the pool closes it")
	@Outcome(expect = Expect.FORBIDDEN, desc = "taken and forgotten, or closed by both")
	@State
	public static class End extends Scene {

		@Actor
		public void pool(ZLI_Result result) {
			result.r1 = this.canaries.adopt(this.one.record);
		}

		@Actor
		public void end() {
			this.canaries.close();
		}

		@Arbiter
		public void after(ZLI_Result result) {
			result.r2 = this.one.record.state();
			result.r3 = this.one.probe.closes();
		}

	}

	/**
	 * The peer has closed it, as the sweeper sees while watching ends for all.
	 */
	@JCStressTest
	@Outcome(id = "CLOSED, 1", expect = Expect.ACCEPTABLE, desc = "let go by one of the two")
	@Outcome(expect = Expect.FORBIDDEN, desc = "let go by both, or by neither")
	@State
	public static class WatchAndEnd extends Scene {

		public WatchAndEnd() {
			this.canaries.adopt(this.one.record);
			this.one.probe.look = Look.CLOSED;
		}

		@Actor
		public void sweeper() {
			this.canaries.watch(this.one.pool.now());
		}

		@Actor
		public void end() {
			this.canaries.close();
		}

		@Arbiter
		public void after(LI_Result result) {
			result.r1 = this.one.record.state();
			result.r2 = this.one.probe.closes();
		}

	}

	/**
	 * Caller and sweeper come upon it, and find it too old.
	 */
	@JCStressTest
	@Outcome(id = "false, true, CANARY", expect = Expect.ACCEPTABLE, desc = "watched, and never leased")
	@Outcome(expect = Expect.FORBIDDEN, desc = "leased although too old, or not watched")
	@State
	public static class LeaseOfAged extends Scene {

		@Actor
		public void caller(ZZL_Result result) {
			result.r1 = this.one.pool.lease(this.one.record);
		}

		@Actor
		public void pool(ZZL_Result result) {
			result.r2 = this.canaries.adopt(this.one.record);
		}

		@Arbiter
		public void after(ZZL_Result result) {
			result.r3 = this.one.record.state();
		}

	}

	/**
	 * Two of one upstream age together.
	 */
	@JCStressTest
	@Outcome(id = { "true, false", "false, true" }, expect = Expect.ACCEPTABLE, desc = "one is watched, as is enough")
	@Outcome(expect = Expect.FORBIDDEN, desc = "both are watched, or neither")
	@State
	public static class Two extends Scene {

		private final ConnectionRecord other = this.one.pool.idle(new FakeProbe(), 1);

		public Two() {
			this.other.sweep(this.one.pool.pass(4000), Long.MAX_VALUE);
		}

		@Actor
		public void pool(ZZ_Result result) {
			result.r1 = this.canaries.adopt(this.one.record);
		}

		@Actor
		public void otherPool(ZZ_Result result) {
			result.r2 = this.canaries.adopt(this.other);
		}

	}

	/**
	 * What the repetitions start from.
	 */
	public abstract static class Scene {

		final OneConnection one = new OneConnection();

		final Canaries canaries = new Canaries();

		Scene() {
			this.one.ages();
		}

	}

}
