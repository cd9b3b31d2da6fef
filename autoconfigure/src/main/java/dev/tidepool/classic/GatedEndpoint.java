package dev.tidepool.classic;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.apache.hc.client5.http.EndpointInfo;
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

	private final CallConnectionManager manager;

	private final Call call;

	private final ConnectionEndpoint endpoint;

	private final boolean ofCaller;

	private final long leased;

	private final @Nullable Lease lease;

	private volatile int releases;

	// Only its caller's thread connects
	private boolean counted;

	/**
	 * A connection that nobody uses yet.
	 * @param manager where it goes back to
	 * @param call on whose behalf
	 * @param endpoint HttpClient's own
	 */
	GatedEndpoint(CallConnectionManager manager, Call call, ConnectionEndpoint endpoint) {
		this(manager, call, endpoint, false, 0, null);
	}

	/**
	 * A connection that a caller uses.
	 * @param manager where it goes back to
	 * @param call the caller's
	 * @param endpoint HttpClient's own
	 * @param now the monotonic clock
	 * @param lease watched for a leak, or {@code null}
	 */
	GatedEndpoint(CallConnectionManager manager, Call call, ConnectionEndpoint endpoint, long now,
			@Nullable Lease lease) {
		this(manager, call, endpoint, true, now, lease);
	}

	private GatedEndpoint(CallConnectionManager manager, Call call, ConnectionEndpoint endpoint, boolean ofCaller,
			long now, @Nullable Lease lease) {
		this.manager = manager;
		this.call = call;
		this.endpoint = endpoint;
		this.ofCaller = ofCaller;
		this.leased = now;
		this.lease = lease;
	}

	Call call() {
		return this.call;
	}

	ConnectionEndpoint endpoint() {
		return this.endpoint;
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
	 * There is a connection, which counts by itself, or there will be none.
	 */
	void settled() {
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
		return this.endpoint.execute(id, request, executor, context);
	}

	@Override
	public ClassicHttpResponse execute(String id, ClassicHttpRequest request, RequestExecutor executor,
			HttpContext context) throws IOException, HttpException {
		return this.endpoint.execute(id, request, executor, context);
	}

	@Override
	public boolean isConnected() {
		return this.endpoint.isConnected();
	}

	@Override
	public void setSocketTimeout(Timeout timeout) {
		this.endpoint.setSocketTimeout(timeout);
	}

	@Override
	public EndpointInfo getInfo() {
		return this.endpoint.getInfo();
	}

	@Override
	public void close(CloseMode closeMode) {
		this.endpoint.close(closeMode);
		ConnectionRecord connection = this.call.connection();
		if (connection != null) {
			connection.closeIfLeft();
		}
	}

	@Override
	public void close() throws IOException {
		this.endpoint.close();
	}

}
