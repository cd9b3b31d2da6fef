package dev.tidepool.classic;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.call.Call;
import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.CallerSettings.Cookies;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.UpstreamKey;

/**
 * Takes connections to one upstream out of the pool, and puts them back, without a
 * request: what HttpClient does around one.
 */
public final class PoolAccess {

	private static final Timeout TIMEOUT = Timeout.of(Duration.ofSeconds(10));

	private final ClassicPool pool;

	private final HttpClientConnectionManager manager;

	private final HttpRoute route;

	private final Call call;

	/**
	 * Get access.
	 * @param pool the pool
	 * @param url the upstream
	 */
	public PoolAccess(ClassicPool pool, String url) {
		URI uri = URI.create(url);
		this.pool = pool;
		this.manager = pool.manager();
		this.route = new HttpRoute(new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort()), null,
				uri.getScheme().equals("https"));
		this.call = new Call(pool.upstreams().get(new UpstreamKey(uri.getScheme(), uri.getHost(), uri.getPort(), null)),
				new Partition(null, SystemDefaultDnsResolver.INSTANCE), CallerTimeouts.NONE, "access",
				new CallDeadline(System.nanoTime(), null, "tidepool.timeout.call"));
	}

	/**
	 * Take a connection as a caller does, connected or not.
	 * @return the connection
	 */
	public ConnectionEndpoint lease() throws Exception {
		return this.manager.lease("access", this.route, TIMEOUT, this.call).get(TIMEOUT);
	}

	/**
	 * Connect it, if it is not.
	 * @param endpoint the connection
	 * @return whether it was not
	 */
	public boolean connect(ConnectionEndpoint endpoint) throws Exception {
		if (endpoint.isConnected()) {
			return false;
		}
		HttpClientContext context = HttpClientContext.create();
		context.setUserToken(this.call);
		this.manager.connect(endpoint, null, context);
		return true;
	}

	/**
	 * Put a connection back.
	 * @param endpoint the connection
	 */
	public void release(ConnectionEndpoint endpoint) {
		this.manager.release(endpoint, this.call, TimeValue.NEG_ONE_MILLISECOND);
	}

	/**
	 * A client that shares these connections.
	 */
	public RestClient client() {
		CallerSettings settings = new CallerSettings(this.call.partition(), CallerTimeouts.NONE, true, Cookies.NONE);
		return RestClient.builder()
			.requestFactory(new HttpComponentsClientHttpRequestFactory(
					new ClassicClientFactory(this.pool, List.of()).create(settings)))
			.build();
	}

}
