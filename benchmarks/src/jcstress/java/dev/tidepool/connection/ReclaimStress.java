package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * A response is dropped unclosed as its connection goes back, and is the next caller's at
 * once: the sweeper must not take that one's.
 */
@JCStressTest
@Outcome(id = "true, 0", expect = Expect.ACCEPTABLE, desc = "it came back, and the next caller keeps it")
@Outcome(id = "false, 1", expect = Expect.ACCEPTABLE, desc = "taken back as leaked, and never leased again")
@Outcome(expect = Expect.FORBIDDEN, desc = "taken from the next caller, or lost")
@State
public class ReclaimStress {

	private final FakePool pool = new FakePool();

	private final DroppedResponse probe = new DroppedResponse();

	private final ConnectionRecord record = this.pool.upstream().connected(this.probe, null, this.pool.now());

	public ReclaimStress() {
		this.pool.serve(this.record);
	}

	@Actor
	public void comesBackAndIsLeased(ZI_Result result) {
		this.record.mayGoBack(this.pool.now());
		this.probe.dropped = false;
		this.record.idle();
		result.r1 = this.pool.lease(this.record);
	}

	@Actor
	public void sweeper() {
		this.record.reclaimIfAbandoned();
	}

	@Arbiter
	public void after(ZI_Result result) {
		result.r2 = this.probe.reclaims.get();
	}

	/**
	 * A connection whose response nobody has any more, until it comes back.
	 */
	private static final class DroppedResponse implements ConnectionProbe {

		private final AtomicInteger reclaims = new AtomicInteger();

		private volatile boolean dropped = true;

		@Override
		public ClientKind kind() {
			return ClientKind.REACTIVE;
		}

		@Override
		public Look look() {
			return Look.ALIVE;
		}

		@Override
		public boolean isQuiet() {
			return true;
		}

		@Override
		public boolean hasUnaskedBytes() {
			return false;
		}

		@Override
		public boolean isAbandoned() {
			return this.dropped;
		}

		@Override
		public void reclaim() {
			this.reclaims.incrementAndGet();
		}

		@Override
		public void closeInOrder() {
		}

		@Override
		public void reset() {
		}

		@Override
		public long bytes() {
			return 0;
		}

	}

}
