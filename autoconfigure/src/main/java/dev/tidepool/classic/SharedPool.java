package dev.tidepool.classic;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

import dev.tidepool.connection.Canaries;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.DeadlineWatch;
import dev.tidepool.connection.IdleEviction;
import dev.tidepool.connection.IdleSweep;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.Sweeper;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.ReuseOrder;

/**
 * The one pool of blocking connections of an application, with the sweeper that keeps it
 * clean. Partitions share it: a connection carries its partition as the pool's state, so
 * that limits count over all of them.
 */
public final class SharedPool implements PoolControl, AutoCloseable {

	private static final int REMOVED_AT_ONCE = 100;

	private final Upstreams upstreams;

	private final StrictConnPool<HttpRoute, ManagedHttpClientConnection> pool;

	private final PoolingHttpClientConnectionManager connections;

	private final Sweeper sweeper;

	private final DeadlineWatch deadlines;

	private final Canaries canaries = new Canaries();

	private final IdleLook sweeperLook = new IdleLook();

	private final IdleLook callerLook = new IdleLook();

	private final BoundedResolver resolver = new BoundedResolver();

	private final CallConnectionManager manager;

	private final IdleEviction eviction;

	private final AtomicBoolean removing = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Create a pool, and start its sweeper.
	 * @param limits what holds for all upstreams together
	 * @param upstreams settings and counters of each
	 * @param tls the TLS identity of each upstream
	 * @param events where connects and waits are told
	 */
	public SharedPool(PoolLimits limits, Upstreams upstreams, UpstreamTls tls, ConnectionEvents events) {
		NanoClock clock = upstreams.clock();
		this.upstreams = upstreams;
		this.sweeper = new Sweeper(clock);
		this.deadlines = new DeadlineWatch(clock);
		// The limits are the gate's alone
		this.pool = new StrictConnPool<>(Integer.MAX_VALUE, Integer.MAX_VALUE, TimeValue.NEG_ONE_MILLISECOND,
				(limits.reuseOrder() == ReuseOrder.LIFO) ? PoolReusePolicy.LIFO : PoolReusePolicy.FIFO, this::dispose,
				null);
		this.connections = new PoolingHttpClientConnectionManager(
				new ChannelConnectionOperator(tls, this.resolver, clock, events), this.pool,
				new RecordedConnectionFactory(new RecordedConnection.Surroundings(clock, this.sweeper, this.deadlines,
						this.canaries, this.sweeperLook, this.callerLook))) {
		};
		this.connections.setDefaultConnectionConfig(
				ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build());
		this.connections.setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build());
		this.eviction = new IdleEviction(upstreams, this::removeClosingSoon);
		this.manager = new CallConnectionManager(this.connections, upstreams, events, this.eviction);
		this.deadlines.start();
		IdleSweep sweep = new IdleSweep(upstreams, this.canaries, this::removeClosing);
		this.sweeper.start((now) -> {
			long next = sweep.sweep(now);
			events.swept(now);
			return next;
		});
	}

	HttpClientConnectionManager manager() {
		return this.manager;
	}

	IdleConnector idleConnector() {
		return new IdleConnector(this.connections, this.manager);
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	/**
	 * Have a sweep run at once, for instance after certificates were replaced.
	 */
	public void sweepNow() {
		this.sweeper.sweepNow();
	}

	@Override
	public void maxPerUpstream(String upstream, int max) {
		this.upstreams.maxPerUpstream(upstream, max).forEach(this.eviction::evictExcess);
	}

	@Override
	public void maxTotal(int max) {
		this.upstreams.gate().maxTotal(new PoolLimits(max, ReuseOrder.LIFO).maxTotal());
		this.eviction.evictExcess();
	}

	@Override
	public int evictIdle(String upstream) {
		return this.eviction.evict(this.upstreams.named(upstream)::contains);
	}

	@Override
	public int evictIdle() {
		return this.eviction.evict((upstream) -> true);
	}

	private void removeClosingSoon() {
		if (this.removing.compareAndSet(false, true)) {
			this.sweeper.close(() -> {
				this.removing.set(false);
				removeClosing();
			});
		}
	}

	// Not all under the lock at once, which callers are waiting for
	private void removeClosing() {
		while (!removeSomeClosing()) {
			letCallersIn();
		}
	}

	private boolean removeSomeClosing() {
		int[] removed = new int[1];
		try {
			this.pool.enumAvailable((entry) -> {
				if (removed[0] == REMOVED_AT_ONCE) {
					throw new MoreToRemove();
				}
				RecordedConnection connection = (RecordedConnection) entry.getConnection();
				if (connection != null && connection.isClosing()) {
					removed[0]++;
					entry.discardConnection(CloseMode.GRACEFUL);
				}
			});
			return true;
		}
		catch (MoreToRemove ex) {
			return false;
		}
	}

	// The lock is not fair: taken again at once, it would not be theirs before the end
	private static void letCallersIn() {
		try {
			TimeUnit.MILLISECONDS.sleep(1);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void dispose(ManagedHttpClientConnection connection, CloseMode closeMode) {
		RecordedConnection recorded = (RecordedConnection) connection;
		if (!this.closed) {
			recorded.dispose(closeMode);
			return;
		}
		ConnectionRecord record = recorded.record();
		if (record != null) {
			record.closing(CloseReason.SHUT_DOWN);
		}
		// Not in order if it is active: writing close_notify could wait for its caller
		recorded.dispose(CloseMode.IMMEDIATE);
	}

	/**
	 * Take no new calls, until started again, and keep no idle connection.
	 * @param stopped run when the calls in flight are over, unless the pool is closed
	 * before
	 */
	public void stop(Runnable stopped) {
		this.canaries.close();
		this.upstreams.shutdown().begin(() -> {
			closeIdle();
			this.sweeper.close(stopped);
		});
		this.sweeper.sweepNow();
	}

	/**
	 * Take calls again after a stop.
	 */
	public void start() {
		this.canaries.open();
		this.upstreams.shutdown().revoke();
	}

	private void closeIdle() {
		this.upstreams.stats()
			.stream()
			.flatMap((stats) -> stats.connections().stream())
			.filter((connection) -> connection.state() != ConnectionRecord.State.ACTIVE)
			.forEach((connection) -> connection.closing(CloseReason.SHUT_DOWN));
		removeClosing();
	}

	/**
	 * Close all connections and end the sweeper. Calls in flight fail, later ones are
	 * refused. Harmless when repeated.
	 */
	@Override
	public void close() {
		this.upstreams.shutdown().complete();
		this.closed = true;
		this.canaries.close();
		this.connections.close(CloseMode.GRACEFUL);
		this.sweeper.close();
		this.deadlines.close();
		this.resolver.close();
		this.sweeperLook.close();
		this.callerLook.close();
	}

	/**
	 * Ends an enumeration, which HttpClient has no other means for, so that not all idle
	 * connections are gone through each time that some are removed.
	 */
	private static final class MoreToRemove extends RuntimeException {

		private static final long serialVersionUID = 1L;

		MoreToRemove() {
			super(null, null, false, false);
		}

	}

}
