package dev.tidepool.classic;

import java.io.IOException;
import java.net.SocketException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.PoolLimits;

/**
 * What the light clients see of the shared pool. Gives each call the limits, time-outs
 * and the partition of its own, and stays open whatever a client does: HttpClient closes
 * its connection manager when a call ends with an Error.
 */
final class CallConnectionManager implements HttpClientConnectionManager {

	private final PoolingHttpClientConnectionManager connections;

	private final Upstreams upstreams;

	private final PoolLimits limits;

	private final ConnectionEvents events;

	private final Map<Upstream, HttpRoute> limited = new ConcurrentHashMap<>();

	CallConnectionManager(PoolingHttpClientConnectionManager connections, Upstreams upstreams, PoolLimits limits,
			ConnectionEvents events) {
		this.connections = connections;
		this.upstreams = upstreams;
		this.limits = limits;
		this.events = events;
		upstreams.onEviction(this::forgetLimit);
	}

	@Override
	public LeaseRequest lease(String id, HttpRoute route, Timeout requestTimeout, @Nullable Object state) {
		Call call = Objects.requireNonNull(Call.of(state), "No call in progress");
		Upstream upstream = call.upstream();
		applyLimit(upstream, route);
		// A time-out that someone set on the request goes before the upstream's
		Timeout timeout = TimeValue.isPositive(requestTimeout) ? requestTimeout
				: Timeout.of(upstream.settings().pool().acquireTimeout());
		long callLeft = call.deadline().left(this.upstreams.clock().nanoTime());
		if (callLeft < timeout.toNanoseconds()) {
			// A time-out of zero would be none
			timeout = Timeout.ofMilliseconds(Math.max(1, callLeft / 1_000_000));
		}
		try {
			return new TimedLease(call, timeout, this.connections.lease(id, route, timeout, call.partition()));
		}
		catch (IllegalStateException ex) {
			if (!this.connections.isClosed()) {
				throw ex;
			}
			return new RefusedLease();
		}
	}

	private void applyLimit(Upstream upstream, HttpRoute route) {
		int max = upstream.settings().pool().maxPerUpstream();
		if (max != this.upstreams.catalog().defaults().pool().maxPerUpstream()
				&& this.limited.putIfAbsent(upstream, route) == null) {
			this.connections.setMaxPerRoute(route, max);
		}
	}

	private void forgetLimit(Upstream upstream) {
		HttpRoute route = this.limited.remove(upstream);
		if (route != null) {
			this.connections.setMaxPerRoute(route, -1);
		}
	}

	@Override
	public void release(ConnectionEndpoint endpoint, @Nullable Object newState, TimeValue validDuration) {
		if (this.connections.isClosed()) {
			// The pool does not look at what comes back after its end
			endpoint.close(CloseMode.IMMEDIATE);
			return;
		}
		Call call = Call.of(newState);
		ConnectionRecord connection = (call != null) ? call.connection() : null;
		if (connection != null && !connection.mayGoBack(this.upstreams.clock().nanoTime())) {
			endpoint.close(CloseMode.GRACEFUL);
		}
		this.connections.release(endpoint, (call != null) ? call.partition() : null, validDuration);
	}

	@Override
	public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue connectTimeout, HttpContext context)
			throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		TimeValue timeout = (connectTimeout != null && TimeValue.isPositive(connectTimeout)) ? connectTimeout
				: Timeout.of(call.timeouts().connect(call.upstream()));
		long callLeft = call.deadline().left(this.upstreams.clock().nanoTime());
		if (callLeft < timeout.toNanoseconds()) {
			timeout = TimeValue.ofMilliseconds(Math.max(1, callLeft / 1_000_000));
		}
		this.connections.connect(endpoint, timeout, context);
		if (this.connections.isClosed()) {
			endpoint.close(CloseMode.IMMEDIATE);
			throw closed();
		}
	}

	@Override
	public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
		this.connections.upgrade(endpoint, context);
	}

	@Override
	public void close(CloseMode closeMode) {
		// Shared: closed by its owner only
	}

	@Override
	public void close() {
		// Shared: closed by its owner only
	}

	private static IOException closed() {
		return new SocketException("The connection pool is closed, because its application context is");
	}

	private final class TimedLease implements LeaseRequest {

		private final Call call;

		private final Upstream upstream;

		private final Timeout timeout;

		private final LeaseRequest lease;

		TimedLease(Call call, Timeout timeout, LeaseRequest lease) {
			this.call = call;
			this.upstream = call.upstream();
			this.timeout = timeout;
			this.lease = lease;
		}

		@Override
		public ConnectionEndpoint get(Timeout ignored)
				throws InterruptedException, ExecutionException, TimeoutException {
			UpstreamStats stats = this.upstream.stats();
			ConnectionListener listener = CallConnectionManager.this.events.listener();
			long start = listener.isListening() ? System.nanoTime() : 0;
			boolean success = false;
			stats.pendingStarts();
			try {
				ConnectionEndpoint endpoint = this.lease.get(this.timeout);
				success = true;
				return endpoint;
			}
			catch (TimeoutException ex) {
				if (CallConnectionManager.this.connections.isClosed()) {
					throw new ExecutionException(closed());
				}
				throw exhausted();
			}
			finally {
				stats.pendingEnds();
				if (listener.isListening()) {
					listener.acquired(stats, System.nanoTime() - start, success);
				}
			}
		}

		private TimeoutException exhausted() {
			UpstreamStats stats = this.upstream.stats();
			int max = this.upstream.settings().pool().maxPerUpstream();
			int maxTotal = CallConnectionManager.this.limits.maxTotal();
			long now = System.nanoTime();
			if (this.call.deadline().left(now) == 0) {
				return new TimeoutException(
						"The call was over before a connection to upstream %s became free: after %s, %s (%s)".formatted(
								this.upstream, Durations.display(this.call.deadline().elapsed(now)),
								"active %d, pending %d, max %d".formatted(stats.connections(State.ACTIVE),
										stats.pending(), max),
								this.call.deadline().property()));
			}
			boolean upstreamIsFull = stats.connections(State.ACTIVE) >= max;
			return new TimeoutException(
					"No connection to upstream %s became free within %s: active %d, idle %d, pending %d, max %d, max-total %d. Raise %s, or find out why calls hold their connection for so long"
						.formatted(this.upstream, Durations.display(this.timeout.toDuration()),
								stats.connections(State.ACTIVE), stats.connections(State.IDLE), stats.pending(), max,
								maxTotal, upstreamIsFull ? this.upstream.property("pool.max-per-upstream")
										: "tidepool.pool.max-total"));
		}

		@Override
		public boolean cancel() {
			return this.lease.cancel();
		}

	}

	private static final class RefusedLease implements LeaseRequest {

		@Override
		public ConnectionEndpoint get(Timeout timeout) throws ExecutionException {
			throw new ExecutionException(closed());
		}

		@Override
		public boolean cancel() {
			return true;
		}

	}

}
