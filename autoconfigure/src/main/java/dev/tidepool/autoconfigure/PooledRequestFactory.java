package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.util.Set;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

import dev.tidepool.call.CallContext;

/**
 * Makes requests that go through the pool, and says so to a {@link PoolProbe}. Where the
 * application gives a context of its own they are Spring's, whose attributes are handed
 * on to the call through that.
 */
final class PooledRequestFactory extends HttpComponentsClientHttpRequestFactory {

	private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.values());

	PooledRequestFactory(HttpClient httpClient) {
		super(httpClient);
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) throws IOException {
		if (uri == PoolProbe.ADDRESS) {
			throw new PoolProbe.Pooled();
		}
		HttpContext given = createHttpContext(httpMethod, uri);
		return (given != null) ? createRequest(uri, httpMethod, given) : createPooledRequest(uri, httpMethod);
	}

	private ClientHttpRequest createRequest(URI uri, HttpMethod method, HttpContext context) throws IOException {
		ClientHttpRequest request = new InContext(context).createRequest(uri, method);
		CallContext.requestAttributes(context, request.getAttributes());
		return request;
	}

	private ClientHttpRequest createPooledRequest(URI uri, HttpMethod method) {
		if (!METHODS.contains(method)) {
			throw new IllegalArgumentException("Invalid HTTP method: " + method);
		}
		CallContext context = new CallContext();
		context.setRequestConfig(createRequestConfig(getHttpClient()));
		return new PooledRequest(getHttpClient(), context, method, uri);
	}

	/**
	 * Makes one request of Spring's own, as the outer factory is set up to.
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
