package dev.tidepool.classic;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.call.Destination;
import dev.tidepool.call.Failures;
import dev.tidepool.call.ResponseHeads;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.ClientPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.IdleConnections;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;

/**
 * The blocking connections of an application.
 */
public final class ClassicPool implements ClientPool {

	private final SharedPool shared;

	private final IdleConnections<Destination, RecordedConnection> idle;

	private final Set<RecordedConnection> connecting = ConcurrentHashMap.newKeySet();

	private final Writability writability = new Writability();

	private final RecordedConnectionFactory factory;

	private final ChannelConnector connector;

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
		this.idle = new IdleConnections<>(order, shared.clock());
		this.factory = new RecordedConnectionFactory(new Surroundings(shared.clock(), shared.sweeper(),
				shared.deadlines(), shared.canaries(), this.writability),
				ResponseHeads.bounds(shared.upstreams().catalog()));
		this.connector = new ChannelConnector(tls, resolver, shared.clock(), shared.events());
		this.manager = new CallConnectionManager(this, shared);
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
		return new IdleConnector(this, this.manager);
	}

	SharedPool shared() {
		return this.shared;
	}

	Upstreams upstreams() {
		return this.shared.upstreams();
	}

	/**
	 * Take an idle connection.
	 * @param call for which call, which has passed the gate
	 * @param route the way to its upstream
	 * @return the connection, or {@code null} if none can carry a request
	 */
	@Nullable RecordedConnection take(Call call, HttpRoute route) {
		return this.idle.take(Destination.of(call, route), !call.mayBeSentTwice());
	}

	/**
	 * Make a connection.
	 * @param call for which call
	 * @param route the way to its upstream
	 * @param timeout how long that may take, the handshake aside
	 * @param context the call's
	 * @return the connection
	 * @throws IOException if there is none
	 */
	RecordedConnection connect(Call call, HttpRoute route, Duration timeout, HttpContext context) throws IOException {
		RecordedConnection connection = this.factory.create();
		boolean connected = false;
		this.connecting.add(connection);
		try {
			requireOpen(call);
			this.connector.connect(connection, call, route, timeout, context);
			// Not seen by who closed the pool meanwhile
			requireOpen(call);
			connected = true;
			return connection;
		}
		finally {
			this.connecting.remove(connection);
			if (!connected) {
				connection.close(CloseMode.IMMEDIATE);
			}
		}
	}

	private void requireOpen(Call call) throws IOException {
		if (this.closed) {
			throw Failures.closed(call);
		}
	}

	void upgrade(RecordedConnection connection, Call call, HttpRoute route, HttpContext context) throws IOException {
		this.connector.upgrade(connection, call, route, context);
	}

	/**
	 * Take a connection back whose exchange is complete, and may be followed by another.
	 * @param connection the connection
	 * @param call whose it was
	 * @param route the way that it leads
	 * @return whether it was taken; if not, it is to be closed
	 */
	boolean takeBack(RecordedConnection connection, Call call, HttpRoute route) {
		if (this.closed || !connection.mayGoBack(call)) {
			return false;
		}
		connection.passivate();
		this.idle.put(Destination.of(call, route), connection);
		if (this.closed) {
			// Not seen by who closed the pool meanwhile
			close(connection);
			removeClosing();
		}
		return true;
	}

	@Override
	public void removeClosing() {
		this.idle.removeClosing();
	}

	@Override
	public void close() {
		this.closed = true;
		this.connecting.forEach((connection) -> connection.close(CloseMode.IMMEDIATE));
		upstreams().stats()
			.stream()
			.flatMap((stats) -> stats.connections().stream())
			.filter((connection) -> connection.state() != State.CANARY)
			.map(ConnectionRecord::probe)
			.filter(RecordedConnection.class::isInstance)
			.forEach((connection) -> close((RecordedConnection) connection));
		removeClosing();
		// Asked until the end
		this.shared.sweeper().close(this.writability::close);
	}

	private static void close(RecordedConnection connection) {
		connection.closing(CloseReason.SHUT_DOWN);
		// Not in order if it is active: writing close_notify could wait for its caller
		connection.dispose(CloseMode.IMMEDIATE);
	}

}
