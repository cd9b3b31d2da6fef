package dev.tidepool.autoconfigure;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.support.HttpComponentsHeadersAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.async.PublishedBody;

/**
 * A request of WebClient. A body that comes in one piece is kept, so that it can be
 * written again; others are written as they come.
 */
final class PooledClientRequest extends AbstractClientHttpRequest {

	private final HttpMethod method;

	private final URI uri;

	private final BasicHttpRequest request;

	private @Nullable AsyncEntityProducer body;

	private long contentLength = -1;

	PooledClientRequest(HttpMethod method, URI uri) {
		this.method = method;
		this.uri = uri;
		this.request = new BasicHttpRequest(method.name(), uri);
	}

	HttpRequest request() {
		return this.request;
	}

	@Nullable AsyncEntityProducer body() {
		return this.body;
	}

	Map<String, Object> attributes() {
		return getAttributes();
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
	public DataBufferFactory bufferFactory() {
		return DefaultDataBufferFactory.sharedInstance;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <T> T getNativeRequest() {
		return (T) this.request;
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		if (body instanceof Mono<? extends DataBuffer> onePiece) {
			return onePiece.map(PooledClientRequest::bytes)
				.defaultIfEmpty(new byte[0])
				.flatMap((bytes) -> doCommit(() -> {
					this.body = new BasicAsyncEntityProducer(bytes, null);
					return Mono.empty();
				}));
		}
		return doCommit(() -> Mono.deferContextual((context) -> {
			this.body = new PublishedBody(
					Flux.<DataBuffer>from(body).map((piece) -> ByteBuffer.wrap(bytes(piece))).contextWrite(context),
					this.contentLength);
			return Mono.empty();
		}));
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return writeWith(Flux.from(body).flatMap(Function.identity(), 1));
	}

	@Override
	public Mono<Void> setComplete() {
		return doCommit();
	}

	@Override
	protected void applyHeaders() {
		HttpHeaders headers = getHeaders();
		this.contentLength = headers.getContentLength();
		headers.forEach((name, values) -> {
			// Told by the body
			if (!HttpHeaders.CONTENT_LENGTH.equalsIgnoreCase(name)
					&& !HttpHeaders.TRANSFER_ENCODING.equalsIgnoreCase(name)) {
				values.forEach((value) -> this.request.addHeader(name, value));
			}
		});
		if (!this.request.containsHeader(HttpHeaders.ACCEPT)) {
			this.request.addHeader(HttpHeaders.ACCEPT, MediaType.ALL_VALUE);
		}
	}

	@Override
	protected void applyCookies() {
		if (!getCookies().isEmpty()) {
			this.request.setHeader(HttpHeaders.COOKIE,
					getCookies().values()
						.stream()
						.flatMap((cookies) -> cookies.stream())
						.map((cookie) -> cookie.getName() + "=" + cookie.getValue())
						.collect(Collectors.joining("; ")));
		}
	}

	@Override
	protected HttpHeaders initReadOnlyHeaders() {
		return HttpHeaders.readOnlyHttpHeaders(new HttpHeaders(new HttpComponentsHeadersAdapter(this.request)));
	}

}
