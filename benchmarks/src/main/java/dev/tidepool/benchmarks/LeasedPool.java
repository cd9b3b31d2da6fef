package dev.tidepool.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.pool.LaxConnPool;
import org.apache.hc.core5.pool.ManagedConnPool;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.AdmissionGate;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.IdleConnections;
import dev.tidepool.connection.Pooled;
import dev.tidepool.policy.ReuseOrder;

/**
 * A pool of connections that lead nowhere: what remains is what the pool costs.
 */
interface LeasedPool {

	/**
	 * Use a connection for a while.
	 * @param upstream whose
	 * @param use what to do meanwhile
	 */
	void use(Integer upstream, Runnable use) throws Exception;

	/**
	 * No pool at all.
	 * @return uses nothing
	 */
	static LeasedPool none() {
		return (upstream, use) -> use.run();
	}

	/**
	 * HttpCore's pool with limits, under one lock.
	 * @param max how many connections, of one upstream and of all
	 * @return the pool
	 */
	static LeasedPool strict(int max) {
		return of(new StrictConnPool<>(max, max));
	}

	/**
	 * HttpCore's pool without a limit of all.
	 * @param max how many connections of one upstream
	 * @return the pool
	 */
	static LeasedPool lax(int max) {
		return of(new LaxConnPool<>(max));
	}

	private static LeasedPool of(ManagedConnPool<Integer, Connection> pool) {
		return (upstream, use) -> {
			PoolEntry<Integer, Connection> entry = pool.lease(upstream, null, Timeout.ofMinutes(1), null)
				.get(1, TimeUnit.MINUTES);
			if (!entry.hasConnection()) {
				entry.assignConnection(new Connection());
			}
			use.run();
			pool.release(entry, true);
		};
	}

	/**
	 * The gate and the shelves of Tidepool.
	 * @param upstreams how many there are
	 * @param max how many connections, of one upstream and of all
	 * @return the pool
	 */
	static LeasedPool tidepool(int upstreams, int max) {
		AdmissionGate gate = new AdmissionGate(max, System::nanoTime);
		List<AdmissionGate.Lane> lanes = new ArrayList<>();
		for (int i = 0; i < upstreams; i++) {
			lanes.add(gate.lane(max, max));
		}
		IdleConnections<Integer, Connection> idle = new IdleConnections<>(ReuseOrder.LIFO, System::nanoTime);
		return (upstream, use) -> {
			AdmissionGate.Lane lane = lanes.get(upstream);
			if (lane.enter(TimeUnit.MINUTES.toNanos(1)) != Admission.ADMITTED) {
				throw new IllegalStateException("Not admitted to upstream " + upstream);
			}
			@Nullable Connection connection = idle.take(upstream, false);
			use.run();
			idle.put(upstream, (connection != null) ? connection : new Connection());
			lane.leave();
		};
	}

	/**
	 * A connection that leads nowhere.
	 */
	final class Connection implements Pooled, ModalCloseable {

		@Override
		public boolean lease(long now, boolean oneTry) {
			return true;
		}

		@Override
		public boolean isClosing() {
			return false;
		}

		@Override
		public void dispose() {
		}

		@Override
		public void close(CloseMode closeMode) {
		}

		@Override
		public void close() {
		}

	}

}
