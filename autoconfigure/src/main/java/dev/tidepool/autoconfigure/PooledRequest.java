package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.io.entity.NullEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.AbstractStreamingClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

import dev.tidepool.call.CallContext;

/**
 * A request of RestClient or RestTemplate. Does what Spring's own does, and hands its
 * attributes on to the call, which that one keeps to itself.
 */
final class PooledRequest extends AbstractStreamingClientHttpRequest {

	private final HttpClient client;

	private final CallContext context;

	private final HttpMethod method;

	private final URI uri;

	private final ClassicHttpRequest request;

	private boolean attributed;

	/**
	 * Create a request.
	 * @param client what sends it
	 * @param context what it is sent in
	 * @param method its method
	 * @param uri its address
	 */
	PooledRequest(HttpClient client, CallContext context, HttpMethod method, URI uri) {
		this.client = client;
		this.context = context;
		this.method = method;
		this.uri = uri;
		this.request = new BasicClassicHttpRequest(method.name(), uri);
	}

	@Override
	public HttpMethod getMethod() {
		return this.method;
	}

	@Override
	public URI getURI() {
		return this.uri;
	}

	@Override
	public Map<String, Object> getAttributes() {
		this.attributed = true;
		return super.getAttributes();
	}

	@Override
	protected ClientHttpResponse executeInternal(HttpHeaders headers, @Nullable Body body) throws IOException {
		if (!headers.isEmpty()) {
			// The one way through them that makes no copy first
			HttpHeaders.readOnlyHttpHeaders(headers).forEach(this::addHeader);
		}
		if (body != null) {
			this.request.setEntity(new WrittenBody(headers, body));
		}
		else if (!Method.isSafe(this.method.name())) {
			this.request.setEntity(NullEntity.INSTANCE);
		}
		if (this.attributed) {
			CallContext.requestAttributes(this.context, getAttributes());
		}
		return new PooledResponse(this.client.executeOpen(null, this.request, this.context));
	}

	private void addHeader(String name, List<String> values) {
		if (HttpHeaders.COOKIE.equalsIgnoreCase(name)) {
			// RFC 6265, 5.4
			this.request.addHeader(name, String.join("; ", values));
		}
		// Told by the body
		else if (!HttpHeaders.CONTENT_LENGTH.equalsIgnoreCase(name)
				&& !HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(name)) {
			for (String value : values) {
				this.request.addHeader(name, value);
			}
		}
	}

	/**
	 * A body that a converter writes.
	 */
	private static final class WrittenBody extends AbstractHttpEntity {

		private final Body body;

		private final long length;

		WrittenBody(HttpHeaders headers, Body body) {
			super(headers.getFirst(HttpHeaders.CONTENT_TYPE), headers.getFirst(HttpHeaders.CONTENT_ENCODING));
			this.body = body;
			this.length = headers.getContentLength();
		}

		@Override
		public long getContentLength() {
			return this.length;
		}

		@Override
		public InputStream getContent() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			this.body.writeTo(out);
		}

		@Override
		public boolean isRepeatable() {
			return this.body.repeatable();
		}

		@Override
		public boolean isStreaming() {
			return false;
		}

		@Override
		public void close() {
		}

	}

}
