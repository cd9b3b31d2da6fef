package dev.tidepool.classic;

import java.io.IOException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.util.TimeValue;

import dev.tidepool.call.Call;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.Upstream;

/**
 * Connects before anybody calls: what HttpClient does around a request, without one.
 */
final class IdleConnector implements ConnectAhead {

	private final ClassicPool pool;

	private final CallConnectionManager manager;

	IdleConnector(ClassicPool pool, CallConnectionManager manager) {
		this.pool = pool;
		this.manager = manager;
	}

	@Override
	public ClientKind kind() {
		return ClientKind.BLOCKING;
	}

	@Override
	public boolean connect(HttpRoute route, Call call) throws IOException {
		Upstream upstream = call.upstream();
		if (!upstream.lane().tryEnter()) {
			return false;
		}
		GatedEndpoint endpoint = new GatedEndpoint(this.manager, call, route);
		endpoint.connects();
		try {
			if (!this.manager.eviction().hasRoom(upstream)) {
				return false;
			}
			HttpClientContext context = HttpClientContext.create();
			context.setUserToken(call);
			endpoint.connected(this.pool.connect(call, route, call.timeouts().connect(upstream), context));
			return true;
		}
		finally {
			this.manager.release(endpoint, null, TimeValue.NEG_ONE_MILLISECOND);
		}
	}

}
