package dev.tidepool.autoconfigure;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.function.Function;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

import dev.tidepool.async.AsyncClient;
import dev.tidepool.async.ResponseHandler;

/**
 * Makes the calls of WebClient on the pool. Spring's own connector for HttpClient does
 * not hear of a cancel before there is a response, and has a body write once only.
 */
final class PooledConnector implements ClientHttpConnector {

	private final AsyncClient client;

	PooledConnector(AsyncClient client) {
		this.client = client;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		if (uri == PoolProbe.ADDRESS) {
			throw new PoolProbe.Pooled();
		}
		PooledClientRequest request = new PooledClientRequest(method, uri);
		return requestCallback.apply(request).then(Mono.create((sink) -> {
			Cancellable call = this.client.execute(request.request(), request.body(), request.attributes(),
					new Answer(sink));
			sink.onCancel(call::cancel);
		}));
	}

	private record Answer(MonoSink<ClientHttpResponse> sink) implements ResponseHandler {

		@Override
		public void response(HttpResponse response, @Nullable Publisher<ByteBuffer> body, HttpClientContext context) {
			this.sink.success(PooledClientResponse.of(response, body, context));
		}

		@Override
		public void failed(Exception ex) {
			this.sink.error(ex);
		}

	}

}
