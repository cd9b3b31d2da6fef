package dev.tidepool.connection;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

import dev.tidepool.policy.ReuseOrder;

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
			this.idle.put(KEY, this.one);
		}

		@Actor
		public void sweeper(II_Result result) {
			result.r1 = removed();
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
			this.idle.put(KEY, this.other);
		}

		@Actor
		public void release() {
			this.idle.put(KEY, this.one);
		}

		@Actor
		public void sweeper(II_Result result) {
			result.r1 = removed();
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
			this.idle.put(KEY, this.one);
		}

		@Actor
		public void caller(ZII_Result result) {
			result.r1 = this.idle.take(KEY, false) != null;
		}

		@Actor
		public void sweeper(ZII_Result result) {
			result.r2 = removed();
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
			this.idle.put(KEY, this.one);
		}

		@Actor
		public void caller(ZZI_Result result) {
			result.r1 = this.idle.take(KEY, false) != null;
		}

		@Actor
		public void releaseAndOtherCaller(ZZI_Result result) {
			this.idle.put(KEY, this.other);
			result.r2 = this.idle.take(KEY, false) != null;
		}

		@Arbiter
		public void after(ZZI_Result result) {
			result.r3 = left();
		}

	}

	/**
	 * What the repetitions start from. Each sweep removes all.
	 */
	public abstract static class Scene {

		static final String KEY = "orders";

		final IdleConnections<String, Closing> idle = new IdleConnections<>(ReuseOrder.LIFO, () -> 0);

		final Closing one = new Closing();

		final Closing other = new Closing();

		int removed() {
			this.idle.removeClosing();
			return this.one.disposals() + this.other.disposals();
		}

		int left() {
			return this.idle.size();
		}

	}

	/**
	 * A connection that a caller may use, and a sweep has to remove.
	 */
	static final class Closing implements Pooled {

		private int disposals;

		int disposals() {
			return this.disposals;
		}

		@Override
		public boolean lease(long now, boolean oneTry) {
			return true;
		}

		@Override
		public boolean isClosing() {
			return true;
		}

		@Override
		public void dispose() {
			this.disposals++;
		}

	}

}
