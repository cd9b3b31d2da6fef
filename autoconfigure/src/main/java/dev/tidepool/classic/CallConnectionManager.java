package dev.tidepool.classic;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

import org.apache.hc.client5.http.HttpRoute;
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
import dev.tidepool.connection.ConnectionEvents;
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

	private final ClassicPool pool;

	private final SharedPool shared;

	private final Upstreams upstreams;

	private final ConnectionEvents events;

	private final IdleEviction eviction;

	CallConnectionManager(ClassicPool pool, SharedPool shared) {
		this.pool = pool;
		this.shared = shared;
		this.upstreams = shared.upstreams();
		this.events = shared.events();
		this.eviction = shared.eviction();
	}

	ClassicPool pool() {
		return this.pool;
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
		return new GatedLease(this, route, call, timeout);
	}

	@Override
	public void release(ConnectionEndpoint endpoint, @Nullable Object newState, TimeValue validDuration) {
		GatedEndpoint gated = (GatedEndpoint) endpoint;
		if (!gated.leaseEnds(this.upstreams.clock())) {
			// Taken back already, after its response had been dropped
			return;
		}
		try {
			gated.release();
		}
		finally {
			Upstream upstream = gated.call().upstream();
			this.shared.leave(upstream);
			if (gated.isOfCaller()) {
				this.events.used(upstream.stats(), gated.held(this.upstreams.clock().nanoTime()));
			}
		}
	}

	@Override
	public void connect(ConnectionEndpoint endpoint, @Nullable TimeValue connectTimeout, HttpContext context)
			throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		TimeValue timeout = (connectTimeout != null && TimeValue.isPositive(connectTimeout)) ? connectTimeout
				: Timeout.of(call.timeouts().connect(call.upstream()));
		connect((GatedEndpoint) endpoint, call, timeout.toDuration(), context);
	}

	// Nothing is held back for idle connections that one in use needs
	private void connect(GatedEndpoint endpoint, Call call, Duration timeout, HttpContext context) throws IOException {
		endpoint.connects();
		this.eviction.makeRoom(call.upstream());
		for (boolean again = false;; again = true) {
			try {
				endpoint.connected(this.pool.connect(call, endpoint.route(), timeout, context));
				return;
			}
			catch (IOException ex) {
				Exhaustion exhaustion = Exhaustion.of(ex);
				if (exhaustion == null) {
					throw ex;
				}
				if (again || this.eviction.giveUp(Exhaustion.GIVEN_UP_AT_ONCE) == 0) {
					throw exhaustion.describe(call.upstream(), this.upstreams.gate(), ex);
				}
			}
		}
	}

	@Override
	public void upgrade(ConnectionEndpoint endpoint, HttpContext context) throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		GatedEndpoint gated = (GatedEndpoint) endpoint;
		this.pool.upgrade(gated.connection(), call, gated.route(), context);
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
