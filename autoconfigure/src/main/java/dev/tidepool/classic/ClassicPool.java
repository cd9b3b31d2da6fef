package dev.tidepool.classic;

import java.util.concurrent.TimeUnit;

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

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.call.ResponseHeads;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.ClientPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;

/**
 * The blocking connections of an application. Partitions share the pool: a connection
 * carries its partition as the pool's state, so that limits count over all of them.
 */
public final class ClassicPool implements ClientPool {

	private static final int REMOVED_AT_ONCE = 100;

	private final SharedPool shared;

	private final StrictConnPool<HttpRoute, ManagedHttpClientConnection> pool;

	private final PoolingHttpClientConnectionManager connections;

	private final IdleLook sweeperLook = new IdleLook();

	private final IdleLook callerLook = new IdleLook();

	private final CallConnectionManager manager;

	private volatile boolean closed;

	/**
	 * Create a pool.
	 * @param shared what it shares with other clients
	 * @param order which idle connection is used first
	 * @param tls the TLS identity of each upstream
	 * @param resolver resolves host names
	 */
	public ClassicPool(SharedPool shared, ReuseOrder order, UpstreamTls tls, BoundedResolver resolver) {
		this.shared = shared;
		// The limits are the gate's alone
		this.pool = new StrictConnPool<>(Integer.MAX_VALUE, Integer.MAX_VALUE, TimeValue.NEG_ONE_MILLISECOND,
				(order == ReuseOrder.LIFO) ? PoolReusePolicy.LIFO : PoolReusePolicy.FIFO, this::dispose, null);
		this.connections = new PoolingHttpClientConnectionManager(
				new ChannelConnectionOperator(tls, resolver, shared.clock(), shared.events()), this.pool,
				new RecordedConnectionFactory(
						new Surroundings(shared.clock(), shared.sweeper(), shared.deadlines(), shared.canaries(),
								this.sweeperLook, this.callerLook),
						ResponseHeads.bounds(shared.upstreams().catalog()))) {
		};
		this.connections.setDefaultConnectionConfig(
				ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build());
		this.connections.setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build());
		this.manager = new CallConnectionManager(this.connections, shared);
		shared.add(this);
	}

	HttpClientConnectionManager manager() {
		return this.manager;
	}

	/**
	 * What makes connections of this pool before anybody calls.
	 * @return the only user that does not belong to a call
	 */
	public ConnectAhead connectAhead() {
		return new IdleConnector(this.connections, this.manager);
	}

	Upstreams upstreams() {
		return this.shared.upstreams();
	}

	// Not all under the lock at once, which callers are waiting for
	@Override
	public void removeClosing() {
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

	@Override
	public void close() {
		this.closed = true;
		this.connections.close(CloseMode.GRACEFUL);
		// Looked with until the end
		this.shared.sweeper().close(() -> {
			this.sweeperLook.close();
			this.callerLook.close();
		});
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
