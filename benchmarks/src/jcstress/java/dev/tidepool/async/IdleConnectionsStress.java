package dev.tidepool.async;

import java.util.List;
import java.util.Map;

import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

import dev.tidepool.call.Partition;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * A connection goes to the shelf, or is taken from it, as the shelf is swept.
 */
public final class IdleConnectionsStress {

	private IdleConnectionsStress() {
	}

	/**
	 * Put as an empty shelf is cleared away.
	 */
	@JCStressTest
	@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "removed, or there to be taken")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost with the shelf, or there twice")
	@State
	public static class Put extends Scene {

		@Actor
		public void release() {
			this.idle.put(UPSTREAM, PARTITION, ONE);
		}

		@Actor
		public void sweeper(II_Result result) {
			result.r1 = this.idle.removeClosing().size();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r2 = left();
		}

	}

	/**
	 * Put as the last one of the shelf is removed.
	 */
	@JCStressTest
	@Outcome(id = { "2, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "removed, or there to be taken")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost with the shelf, or there twice")
	@State
	public static class PutBesideLast extends Scene {

		public PutBesideLast() {
			this.idle.put(UPSTREAM, PARTITION, OTHER);
		}

		@Actor
		public void release() {
			this.idle.put(UPSTREAM, PARTITION, ONE);
		}

		@Actor
		public void sweeper(II_Result result) {
			result.r1 = this.idle.removeClosing().size();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r2 = left();
		}

	}

	/**
	 * Taken as it is removed.
	 */
	@JCStressTest
	@Outcome(id = { "true, 0, 0", "false, 1, 0" }, expect = Expect.ACCEPTABLE, desc = "one of the two has it")
	@Outcome(expect = Expect.FORBIDDEN, desc = "both have it, or neither")
	@State
	public static class Take extends Scene {

		public Take() {
			this.idle.put(UPSTREAM, PARTITION, ONE);
		}

		@Actor
		public void caller(ZII_Result result) {
			result.r1 = this.idle.take(UPSTREAM, PARTITION) != null;
		}

		@Actor
		public void sweeper(ZII_Result result) {
			result.r2 = this.idle.removeClosing().size();
		}

		@Arbiter
		public void after(ZII_Result result) {
			result.r3 = left();
		}

	}

	/**
	 * Two callers, one connection, and another that is just put.
	 */
	@JCStressTest
	@Outcome(id = "true, true, 0", expect = Expect.ACCEPTABLE, desc = "each has one of its own")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a connection was taken twice, or lost")
	@State
	public static class TwoCallers extends Scene {

		public TwoCallers() {
			this.idle.put(UPSTREAM, PARTITION, ONE);
		}

		@Actor
		public void caller(ZZI_Result result) {
			result.r1 = this.idle.take(UPSTREAM, PARTITION) != null;
		}

		@Actor
		public void releaseAndOtherCaller(ZZI_Result result) {
			this.idle.put(UPSTREAM, PARTITION, OTHER);
			result.r2 = this.idle.take(UPSTREAM, PARTITION) != null;
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = left();
		}

	}

	/**
	 * What the repetitions start from. The connections are never made, so that each sweep
	 * removes them.
	 */
	public abstract static class Scene {

		private static final Upstreams UPSTREAMS = new Upstreams(
				new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 10, System::nanoTime);

		private static final SharedPool POOL = new SharedPool(UPSTREAMS, new ConnectionEvents());

		static final Upstream UPSTREAM = UPSTREAMS.get(new UpstreamKey("http", "orders", 80, null));

		static final Partition PARTITION = new Partition(null, SystemDefaultDnsResolver.INSTANCE);

		static final AsyncConnection ONE = connection();

		static final AsyncConnection OTHER = connection();

		final IdleConnections idle = new IdleConnections(ReuseOrder.LIFO);

		private static AsyncConnection connection() {
			return new AsyncConnection(POOL, () -> {
			}, new TlsLook(), UpstreamSettings.DEFAULTS);
		}

		int left() {
			List<AsyncConnection> left = this.idle.removeClosing();
			return left.size();
		}

	}

}
