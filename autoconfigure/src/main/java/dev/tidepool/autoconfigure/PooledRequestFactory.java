package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;

import org.apache.hc.client5.http.classic.HttpClient;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/**
 * Makes requests that go through the pool, and says so to a {@link PoolProbe}.
 */
final class PooledRequestFactory extends HttpComponentsClientHttpRequestFactory {

	PooledRequestFactory(HttpClient client) {
		super(client);
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) throws IOException {
		if (uri == PoolProbe.ADDRESS) {
			throw new PoolProbe.Pooled();
		}
		return super.createRequest(uri, httpMethod);
	}

}
