package dev.tidepool.async;

import java.util.function.Consumer;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.call.Destination;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.ClientPool;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.IdleConnections;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;

/**
 * The connections of an application that are on the reactor.
 */
public final class AsyncPool implements ClientPool {

	private final SharedPool shared;

	private final IdleConnections<Destination, AsyncConnection> idle;

	private final Reactor reactor = new Reactor();

	private final Connector connector;

	private volatile boolean closed;

	/**
	 * Create a pool. Its threads start with its first connection.
	 * @param shared what it shares with other clients
	 * @param order which idle connection is used first
	 * @param tls the TLS identity of each upstream
	 * @param resolver resolves host names
	 */
	public AsyncPool(SharedPool shared, ReuseOrder order, UpstreamTls tls, BoundedResolver resolver) {
		this.shared = shared;
		this.idle = new IdleConnections<>(order, shared.clock());
		this.connector = new Connector(shared, this.reactor, tls, resolver, this::removeClosing);
		shared.add(this);
	}

	/**
	 * What makes connections of this pool before anybody calls.
	 * @return the only user that does not belong to a call
	 */
	public ConnectAhead connectAhead() {
		return new IdleConnector(this);
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
	@Nullable AsyncConnection take(Call call, HttpRoute route) {
		return this.idle.take(Destination.of(call, route), !call.mayBeSentTwice());
	}

	/**
	 * Make a connection.
	 * @param call for which call
	 * @param route the way to its upstream
	 * @param callback gets the connection, or why there is none
	 * @return what gives it up
	 */
	Cancellable connect(Call call, HttpRoute route, FutureCallback<AsyncConnection> callback) {
		return this.connector.connect(call, route, true, callback);
	}

	/**
	 * Make a connection that nobody needs yet, for which no idle one is given up.
	 * @param call on whose behalf
	 * @param route the way to its upstream
	 * @param callback gets the connection, or why there is none
	 * @return what gives it up
	 */
	Cancellable connectAhead(Call call, HttpRoute route, FutureCallback<AsyncConnection> callback) {
		return this.connector.connect(call, route, false, callback);
	}

	void upgrade(AsyncConnection connection, Call call, HttpRoute route, Runnable secured, Consumer<Exception> failed) {
		this.connector.upgrade(connection, call, route, secured, failed);
	}

	/**
	 * Take a connection back, or close it.
	 * @param connection the connection
	 * @param call whose it was
	 * @param route the way that it leads
	 * @param reusable whether its exchange is complete, and may be followed by another
	 */
	void release(AsyncConnection connection, Call call, HttpRoute route, boolean reusable) {
		ConnectionRecord record = connection.record();
		// Whose deadline has expired is about to be closed by the watch
		boolean lost = !connection.isOpen() || connection.deadline().isExpired();
		if (this.closed || !reusable || record == null || lost) {
			connection.close(CloseMode.IMMEDIATE);
		}
		else if (!record.mayGoBack(this.shared.clock().nanoTime())) {
			connection.dispose();
		}
		else {
			connection.passivate();
			this.idle.put(Destination.of(call, route), connection);
			if (this.closed || !connection.isOpen()) {
				// Not seen by who closed it, as it was in no pool yet
				removeClosing();
			}
		}
	}

	@Override
	public void removeClosing() {
		this.idle.removeClosing();
	}

	@Override
	public void close() {
		this.closed = true;
		this.upstreams()
			.stats()
			.stream()
			.flatMap((stats) -> stats.connections().stream())
			.filter((connection) -> connection.probe() instanceof AsyncConnection)
			.forEach(AsyncPool::close);
		this.reactor.close();
	}

	private static void close(ConnectionRecord record) {
		record.closing(CloseReason.SHUT_DOWN);
		((AsyncConnection) record.probe()).close(CloseMode.IMMEDIATE);
	}

}
