package dev.tidepool.classic;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;

/**
 * HttpClient on its own pool, with sockets of the same kind as ours: what the memory of
 * our connections is compared with.
 */
public final class ChannelClients {

	private ChannelClients() {
	}

	/**
	 * Make a client for plain HTTP.
	 * @param maxConnections how many connections it may have
	 * @return the client
	 */
	public static CloseableHttpClient create(int maxConnections) {
		PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager(
				new DefaultHttpClientConnectionOperator(ChannelSocketFactory.INSTANCE, null, null, (scheme) -> null),
				PoolConcurrencyPolicy.STRICT, PoolReusePolicy.LIFO, TimeValue.NEG_ONE_MILLISECOND, null);
		connections.setMaxTotal(maxConnections);
		connections.setDefaultMaxPerRoute(maxConnections);
		return HttpClients.custom().setConnectionManager(connections).build();
	}

}
