package dev.tidepool.classic;

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

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Sweeper;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.ReuseOrder;

/**
 * The one pool of blocking connections of an application, with the sweeper that keeps it
 * clean. Partitions share it: a connection carries its partition as the pool's state, so
 * that limits count over all of them.
 */
public final class SharedPool implements AutoCloseable {

	private final Upstreams upstreams;

	private final StrictConnPool<HttpRoute, ManagedHttpClientConnection> pool;

	private final PoolingHttpClientConnectionManager connections;

	private final Sweeper sweeper;

	private final CallConnectionManager manager;

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
		this.sweeper = new Sweeper(this::sweep, clock);
		this.pool = new StrictConnPool<>(upstreams.catalog().defaults().pool().maxPerUpstream(), limits.maxTotal(),
				TimeValue.NEG_ONE_MILLISECOND,
				(limits.reuseOrder() == ReuseOrder.LIFO) ? PoolReusePolicy.LIFO : PoolReusePolicy.FIFO, this::dispose,
				null);
		this.connections = new PoolingHttpClientConnectionManager(new ChannelConnectionOperator(tls, clock, events),
				this.pool, new RecordedConnectionFactory(clock, this.sweeper)) {
		};
		this.connections.setDefaultConnectionConfig(
				ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build());
		this.connections.setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build());
		this.manager = new CallConnectionManager(this.connections, upstreams, limits, events);
		this.sweeper.start();
	}

	HttpClientConnectionManager manager() {
		return this.manager;
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	private long sweep(long now) {
		this.upstreams.tick(now);
		long[] next = { Long.MAX_VALUE };
		this.pool.enumAvailable((entry) -> {
			RecordedConnection connection = (RecordedConnection) entry.getConnection();
			long left = (connection != null) ? connection.trustLeft(now) : 0;
			if (left <= 0) {
				entry.discardConnection(CloseMode.GRACEFUL);
			}
			else {
				next[0] = Math.min(next[0], left);
			}
		});
		return Math.min(next[0], Sweeper.MAX_PAUSE);
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
	 * Close all connections and end the sweeper. Calls in flight fail, later ones are
	 * refused. Harmless when repeated.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.connections.close(CloseMode.GRACEFUL);
		this.sweeper.close();
	}

}
