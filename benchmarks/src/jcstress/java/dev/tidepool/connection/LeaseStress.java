package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZLI_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

import dev.tidepool.connection.ConnectionProbe.Look;

/**
 * A caller takes an idle connection while somebody else has to do with it.
 */
public final class LeaseStress {

	private LeaseStress() {
	}

	/**
	 * The sweeper looks at it.
	 */
	@JCStressTest
	@Outcome(id = "true, ACTIVE, 0", expect = Expect.ACCEPTABLE, desc = "the caller has it, and nobody looked with it")
	@Outcome(expect = Expect.FORBIDDEN, desc = "caller and sweeper had it together, or the caller did not get it")
	@State
	public static class Sweep extends Scene {

		@Actor
		public void caller(ZLI_Result result) {
			result.r1 = this.one.pool.lease(this.one.record);
		}

		@Actor
		public void sweeper() {
			this.one.record.sweep(this.one.pool.now(), 0);
		}

		@Arbiter
		public void after(ZLI_Result result) {
			result.r2 = this.one.record.state();
			result.r3 = this.one.probe.overlaps();
		}

	}

	/**
	 * It has to make room.
	 */
	@JCStressTest
	@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "the caller was first, and keeps it")
	@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "it leaves, and the caller takes another")
	@Outcome(expect = Expect.FORBIDDEN, desc = "given up under its caller, or left by both")
	@State
	public static class Eviction extends Scene {

		@Actor
		public void caller(ZZ_Result result) {
			result.r1 = this.one.pool.lease(this.one.record);
		}

		@Actor
		public void eviction(ZZ_Result result) {
			result.r2 = this.one.record.leaveIfIdle(CloseReason.SHRINK);
		}

	}

	/**
	 * Its I/O thread sees that the peer has closed it.
	 */
	@JCStressTest
	@Outcome(id = { "false, true, 1", "false, false, 1" }, expect = Expect.ACCEPTABLE,
			desc = "not used, and learned from once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a caller got it, or the close was learned twice")
	@State
	public static class PeerClose extends Scene {

		public PeerClose() {
			this.one.probe.look = Look.CLOSED;
		}

		@Actor
		public void caller(ZZI_Result result) {
			result.r1 = this.one.pool.lease(this.one.record);
		}

		@Actor
		public void reactor(ZZI_Result result) {
			result.r2 = this.one.record.closedByPeer(this.one.pool.now());
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = this.one.pool.upstream().estimate().open().size();
		}

	}

	/**
	 * It is closed with its pool.
	 */
	@JCStressTest
	@Outcome(id = { "true, CLOSED, 1", "false, CLOSED, 1" }, expect = Expect.ACCEPTABLE,
			desc = "closed, counted once, whoever was first")
	@Outcome(expect = Expect.FORBIDDEN, desc = "came back to life, or was not counted once")
	@State
	public static class Close extends Scene {

		@Actor
		public void caller(ZLI_Result result) {
			result.r1 = this.one.pool.lease(this.one.record);
		}

		@Actor
		public void end() {
			this.one.record.closed();
		}

		@Arbiter
		public void after(ZLI_Result result) {
			result.r2 = this.one.record.state();
			result.r3 = this.one.closes();
		}

	}

	/**
	 * What the repetitions start from.
	 */
	public abstract static class Scene {

		final OneConnection one = new OneConnection();

	}

}
