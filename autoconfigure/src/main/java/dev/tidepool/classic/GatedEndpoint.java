package dev.tidepool.classic;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.apache.hc.client5.http.EndpointInfo;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.ConnectionShutdownException;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Leased;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.Lease;
import dev.tidepool.connection.NanoClock;

/**
 * A leased connection, with the call that passed the gate for it: HttpClient does not
 * tell whose it was when it gives it back.
 */
final class GatedEndpoint extends ConnectionEndpoint implements Leased {

	private static final AtomicIntegerFieldUpdater<GatedEndpoint> RELEASES = AtomicIntegerFieldUpdater
		.newUpdater(GatedEndpoint.class, "releases");

	// HttpClient may give an endpoint up on another thread than its caller's
	private static final AtomicReferenceFieldUpdater<GatedEndpoint, @Nullable RecordedConnection> CONNECTION = AtomicReferenceFieldUpdater
		.newUpdater(GatedEndpoint.class, RecordedConnection.class, "connection");

	private final CallConnectionManager manager;

	private final Call call;

	private final HttpRoute route;

	private final boolean ofCaller;

	private final long leased;

	private final @Nullable Lease lease;

	private volatile @Nullable RecordedConnection connection;

	private volatile int releases;

	// Only its caller's thread connects
	private boolean counted;

	/**
	 * Create an endpoint that no caller uses, not connected yet.
	 * @param manager takes it back
	 * @param call on whose behalf
	 * @param route the way to its upstream
	 */
	GatedEndpoint(CallConnectionManager manager, Call call, HttpRoute route) {
		this(manager, call, route, null, false, 0, null);
	}

	/**
	 * Create an endpoint that a caller uses.
	 * @param manager takes it back
	 * @param call whose it is
	 * @param route the way to its upstream
	 * @param connection the connection, {@code null} if it has to be made
	 * @param now the monotonic clock
	 * @param lease the lease that is watched, or {@code null} for none
	 */
	GatedEndpoint(CallConnectionManager manager, Call call, HttpRoute route, @Nullable RecordedConnection connection,
			long now, @Nullable Lease lease) {
		this(manager, call, route, connection, true, now, lease);
	}

	private GatedEndpoint(CallConnectionManager manager, Call call, HttpRoute route,
			@Nullable RecordedConnection connection, boolean ofCaller, long now, @Nullable Lease lease) {
		this.manager = manager;
		this.call = call;
		this.route = route;
		this.connection = connection;
		this.ofCaller = ofCaller;
		this.leased = now;
		this.lease = lease;
	}

	Call call() {
		return this.call;
	}

	HttpRoute route() {
		return this.route;
	}

	/**
	 * The connection that a request can go out on.
	 * @return the connection
	 * @throws ConnectionShutdownException if there is none, or none any more
	 */
	RecordedConnection connection() {
		RecordedConnection connection = this.connection;
		if (connection == null || !connection.isOpen()) {
			throw new ConnectionShutdownException();
		}
		return connection;
	}

	/**
	 * Whether a caller uses it.
	 * @return whether its use counts
	 */
	boolean isOfCaller() {
		return this.ofCaller;
	}

	/**
	 * For how long the caller has had the connection.
	 * @param now the monotonic clock
	 * @return nanoseconds
	 */
	long held(long now) {
		return now - this.leased;
	}

	/**
	 * Count the connection that is about to be made.
	 */
	void connects() {
		if (!this.counted) {
			this.counted = true;
			this.call.upstream().sockets().add();
		}
	}

	/**
	 * The connection was made, and counts by itself from now on.
	 * @param connection the connection
	 */
	void connected(RecordedConnection connection) {
		this.connection = connection;
		settled();
		if (this.releases > 0) {
			// Given up meanwhile
			close(CloseMode.IMMEDIATE);
		}
	}

	private void settled() {
		if (this.counted) {
			this.counted = false;
			this.call.upstream().sockets().remove();
		}
	}

	/**
	 * The connection is about to be given back. Only the first time counts.
	 * @param clock the monotonic clock
	 * @return whether it is the first time
	 */
	boolean leaseEnds(NanoClock clock) {
		boolean first = RELEASES.compareAndSet(this, 0, 1);
		if (first) {
			settled();
		}
		if (first && this.lease != null) {
			this.lease.ends(clock.nanoTime());
		}
		return first;
	}

	/**
	 * Have the connection go back to the pool, or be closed.
	 */
	void release() {
		RecordedConnection connection = CONNECTION.getAndSet(this, null);
		if (connection != null && !this.manager.pool().takeBack(connection, this.call, this.route)) {
			close(connection, CloseMode.IMMEDIATE);
		}
	}

	@Override
	public void giveBack(long now) {
		if (this.lease != null) {
			this.lease.isLeaked(now);
		}
		this.manager.release(this, null, TimeValue.ZERO_MILLISECONDS);
	}

	@Override
	@Deprecated
	public ClassicHttpResponse execute(String id, ClassicHttpRequest request, HttpRequestExecutor executor,
			HttpContext context) throws IOException, HttpException {
		return executor.execute(request, connection(), context);
	}

	@Override
	public ClassicHttpResponse execute(String id, ClassicHttpRequest request, RequestExecutor executor,
			HttpContext context) throws IOException, HttpException {
		return executor.execute(request, connection(), context);
	}

	@Override
	public boolean isConnected() {
		RecordedConnection connection = this.connection;
		return connection != null && connection.isOpen();
	}

	@Override
	public void setSocketTimeout(Timeout timeout) {
		connection().setSocketTimeout(timeout);
	}

	@Override
	public @Nullable EndpointInfo getInfo() {
		RecordedConnection connection = this.connection;
		return (connection != null && connection.isOpen())
				? new EndpointInfo(connection.getProtocolVersion(), connection.getSSLSession()) : null;
	}

	@Override
	public void close(CloseMode closeMode) {
		RecordedConnection connection = CONNECTION.getAndSet(this, null);
		if (connection != null) {
			close(connection, closeMode);
		}
	}

	private static void close(RecordedConnection connection, CloseMode closeMode) {
		connection.dispose(closeMode);
		ConnectionRecord record = connection.record();
		if (record != null) {
			record.closeIfLeft();
		}
	}

	@Override
	public void close() {
		close(CloseMode.GRACEFUL);
	}

}
