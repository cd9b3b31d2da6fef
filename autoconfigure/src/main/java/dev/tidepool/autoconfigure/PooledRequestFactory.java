package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

import dev.tidepool.call.CallContext;

/**
 * Makes requests that go through the pool, and says so to a {@link PoolProbe}. Hands the
 * attributes of a request on to the call: Spring's request for HttpClient keeps them to
 * itself, and does not give its context away either, so the context is made by who makes
 * the request.
 */
final class PooledRequestFactory extends HttpComponentsClientHttpRequestFactory {

	PooledRequestFactory(HttpClient httpClient) {
		super(httpClient);
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) throws IOException {
		if (uri == PoolProbe.ADDRESS) {
			throw new PoolProbe.Pooled();
		}
		HttpContext given = createHttpContext(httpMethod, uri);
		HttpContext context = (given != null) ? given : new CallContext();
		ClientHttpRequest request = new InContext(context).createRequest(uri, httpMethod);
		CallContext.requestAttributes(context, request.getAttributes());
		return request;
	}

	/**
	 * Makes one request, as the outer factory is set up to.
	 */
	private final class InContext extends HttpComponentsClientHttpRequestFactory {

		private final HttpContext context;

		InContext(HttpContext context) {
			super(PooledRequestFactory.this.getHttpClient());
			this.context = context;
		}

		@Override
		protected HttpContext createHttpContext(HttpMethod httpMethod, URI uri) {
			return this.context;
		}

		@Override
		protected @Nullable RequestConfig createRequestConfig(Object client) {
			return PooledRequestFactory.this.createRequestConfig(client);
		}

	}

}
