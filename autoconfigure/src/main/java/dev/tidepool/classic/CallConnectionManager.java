package dev.tidepool.classic;

import java.io.IOException;
import java.util.Objects;

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

import dev.tidepool.call.Call;
import dev.tidepool.call.Exhaustion;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.IdleEviction;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.Upstreams;

/**
 * What the light clients see of the shared pool. Gives each call the limits, time-outs
 * and the partition of its own, and stays open whatever a client does: HttpClient closes
 * its connection manager when a call ends with an Error.
 */
final class CallConnectionManager implements HttpClientConnectionManager {

	private final PoolingHttpClientConnectionManager connections;

	private final SharedPool shared;

	private final Upstreams upstreams;

	private final ConnectionEvents events;

	private final IdleEviction eviction;

	CallConnectionManager(PoolingHttpClientConnectionManager connections, SharedPool shared) {
		this.connections = connections;
		this.shared = shared;
		this.upstreams = shared.upstreams();
		this.events = shared.events();
		this.eviction = shared.eviction();
	}

	PoolingHttpClientConnectionManager connections() {
		return this.connections;
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	ConnectionEvents events() {
		return this.events;
	}

	IdleEviction eviction() {
		return this.eviction;
	}

	@Override
	public LeaseRequest lease(String id, HttpRoute route, Timeout requestTimeout, @Nullable Object state) {
		Call call = Objects.requireNonNull(Call.of(state), "No call in progress");
		Upstream upstream = call.upstream();
		// A time-out that someone set on the request goes before the upstream's
		Timeout timeout = TimeValue.isPositive(requestTimeout) ? requestTimeout
				: Timeout.of(upstream.settings().pool().acquireTimeout());
		long callLeft = call.deadline().left(this.upstreams.clock().nanoTime());
		if (callLeft < timeout.toNanoseconds()) {
			// A time-out of zero would be none
			timeout = Timeout.ofMilliseconds(Math.max(1, callLeft / 1_000_000));
		}
		return new GatedLease(this, id, route, call, timeout);
	}

	@Override
	public void release(ConnectionEndpoint endpoint, @Nullable Object newState, TimeValue validDuration) {
		GatedEndpoint gated = (GatedEndpoint) endpoint;
		if (!gated.leaseEnds(this.upstreams.clock())) {
			// Taken back already, after its response had been dropped
			return;
		}
		try {
			release(gated, validDuration);
		}
		finally {
			Upstream upstream = gated.call().upstream();
			this.shared.leave(upstream);
			if (gated.isOfCaller()) {
				this.events.used(upstream.stats(), gated.held(this.upstreams.clock().nanoTime()));
			}
		}
	}

	private void release(GatedEndpoint gated, TimeValue validDuration) {
		ConnectionEndpoint endpoint = gated.endpoint();
		if (this.connections.isClosed()) {
			// The pool does not look at what comes back after its end
			endpoint.close(CloseMode.IMMEDIATE);
			return;
		}
		ConnectionRecord connection = gated.call().connection();
		if (endpoint.isConnected() && connection != null && !connection.mayGoBack(this.upstreams.clock().nanoTime())) {
			gated.close(CloseMode.GRACEFUL);
		}
		this.connections.release(endpoint, gated.call().partition(), validDuration);
	}

	@Override
	public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue connectTimeout, HttpContext context)
			throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		TimeValue timeout = (connectTimeout != null && TimeValue.isPositive(connectTimeout)) ? connectTimeout
				: Timeout.of(call.timeouts().connect(call.upstream()));
		connect((GatedEndpoint) endpoint, timeout, context);
		if (this.connections.isClosed()) {
			endpoint.close(CloseMode.IMMEDIATE);
			throw Failures.closed(call);
		}
	}

	// Nothing is held back for idle connections that one in use needs
	private void connect(GatedEndpoint endpoint, TimeValue timeout, HttpContext context) throws IOException {
		endpoint.connects();
		this.eviction.makeRoom(endpoint.call().upstream());
		for (boolean again = false;; again = true) {
			try {
				this.connections.connect(endpoint.endpoint(), timeout, context);
				endpoint.settled();
				return;
			}
			catch (IOException ex) {
				Exhaustion exhaustion = Exhaustion.of(ex);
				if (exhaustion == null) {
					throw ex;
				}
				if (again || this.eviction.giveUp(Exhaustion.GIVEN_UP_AT_ONCE) == 0) {
					throw exhaustion.describe(endpoint.call().upstream(), this.upstreams.gate(), ex);
				}
				// Holds the socket that failed, and would pass for connected
				endpoint.close(CloseMode.IMMEDIATE);
			}
		}
	}

	@Override
	public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
		this.connections.upgrade(((GatedEndpoint) endpoint).endpoint(), context);
	}

	@Override
	public void close(CloseMode closeMode) {
		// Shared: closed by its owner only
	}

	@Override
	public void close() {
		// Shared: closed by its owner only
	}

}
