package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * An upstream is called for the first time by two callers, or as its limit changes.
 */
public final class UpstreamsStress {

	private UpstreamsStress() {
	}

	/**
	 * Two callers.
	 */
	@JCStressTest
	@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "one upstream with one limit")
	@Outcome(expect = Expect.FORBIDDEN, desc = "two of the same, each with places of its own")
	@State
	public static class First {

		private final FakePool pool = new FakePool();

		private volatile Upstream one;

		private volatile Upstream other;

		@Actor
		public void caller() {
			this.one = this.pool.upstream();
		}

		@Actor
		public void otherCaller() {
			this.other = this.pool.upstream();
		}

		@Arbiter
		public void after(ZI_Result result) {
			result.r1 = this.one == this.other;
			result.r2 = this.one.stats().members().size();
		}

	}

	/**
	 * Its limit is changed.
	 */
	@JCStressTest
	@Outcome(id = { "7" }, expect = Expect.ACCEPTABLE, desc = "the new limit holds, whoever was first")
	@Outcome(expect = Expect.FORBIDDEN, desc = "the change was lost")
	@State
	public static class LimitOfNew {

		private final FakePool pool = new FakePool();

		public LimitOfNew() {
			// Of the same name, which must be known
			this.pool.upstreams().get(new UpstreamKey("http", "orders", 80, "proxy"));
		}

		@Actor
		public void caller() {
			this.pool.upstream();
		}

		@Actor
		public void operator() {
			this.pool.upstreams().maxPerUpstream("orders:80", 7);
		}

		@Arbiter
		public void after(I_Result result) {
			result.r1 = this.pool.upstream().lane().max();
		}

	}

	/**
	 * Two connections are made and closed: the sockets of all upstreams together.
	 */
	@JCStressTest
	@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "none left, of the upstream and of all")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a socket was lost or counted twice")
	@State
	public static class SocketCounts {

		private final Sockets all = new Sockets(null);

		private final Sockets ofUpstream = new Sockets(this.all);

		@Actor
		public void caller() {
			this.ofUpstream.add();
			this.ofUpstream.remove();
		}

		@Actor
		public void otherCaller() {
			this.ofUpstream.add();
			this.ofUpstream.remove();
		}

		@Arbiter
		public void after(II_Result result) {
			result.r1 = this.ofUpstream.count();
			result.r2 = this.all.count();
		}

	}

}
