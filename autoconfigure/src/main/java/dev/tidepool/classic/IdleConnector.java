package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.Upstream;

/**
 * Connects before anybody calls: what HttpClient does around a request, without one.
 */
final class IdleConnector implements ConnectAhead {

	private final PoolingHttpClientConnectionManager connections;

	private final CallConnectionManager manager;

	IdleConnector(PoolingHttpClientConnectionManager connections, CallConnectionManager manager) {
		this.connections = connections;
		this.manager = manager;
	}

	@Override
	public ClientKind kind() {
		return ClientKind.BLOCKING;
	}

	@Override
	public boolean connect(HttpRoute route, Call call) throws IOException {
		GatedEndpoint endpoint = lease(route, call);
		if (endpoint == null) {
			return false;
		}
		boolean connected = false;
		endpoint.connects();
		try {
			if (!this.manager.eviction().hasRoom(call.upstream())) {
				return false;
			}
			HttpClientContext context = HttpClientContext.create();
			context.setUserToken(call);
			this.connections.connect(endpoint.endpoint(), Timeout.of(call.timeouts().connect(call.upstream())),
					context);
			connected = true;
			endpoint.settled();
			return true;
		}
		finally {
			if (!connected) {
				endpoint.close(CloseMode.IMMEDIATE);
			}
			this.manager.release(endpoint, null, TimeValue.NEG_ONE_MILLISECOND);
		}
	}

	private @Nullable GatedEndpoint lease(HttpRoute route, Call call) throws IOException {
		Upstream upstream = call.upstream();
		if (!upstream.lane().tryEnter()) {
			return null;
		}
		GatedEndpoint endpoint = null;
		try {
			Timeout timeout = Timeout.of(upstream.settings().pool().acquireTimeout());
			// A state that no idle connection has, so that it is a new one
			endpoint = new GatedEndpoint(this.manager, call,
					this.connections.lease("min-idle", route, timeout, new Object()).get(timeout));
			return endpoint;
		}
		catch (InterruptedException | CancellationException ex) {
			// The pool makes a cancellation of an interrupt
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IOException(ex);
		}
		finally {
			if (endpoint == null) {
				upstream.lane().leave();
			}
		}
	}

}
