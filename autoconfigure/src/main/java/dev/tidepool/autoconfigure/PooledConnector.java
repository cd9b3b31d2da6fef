package dev.tidepool.autoconfigure;

import java.net.URI;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.ContextView;

import dev.tidepool.actuate.ObservedAttempts;
import dev.tidepool.async.AsyncClient;
import dev.tidepool.async.ReceivedBody;
import dev.tidepool.async.ResponseHandler;

/**
 * Makes the calls of WebClient on the pool. Spring's own connector for HttpClient does
 * not hear of a cancel before there is a response, and has a body write once only.
 */
final class PooledConnector implements ClientHttpConnector {

	// ObservationThreadLocalAccessor.KEY, under which WebClient hands on its own
	private static final String OBSERVATION = "micrometer.observation";

	private final AsyncClient client;

	PooledConnector(AsyncClient client) {
		this.client = client;
	}

	/**
	 * Make a connector with the same settings, and cookies of its own.
	 */
	PooledConnector another() {
		return new PooledConnector(this.client.another());
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		if (uri == PoolProbe.ADDRESS) {
			throw new PoolProbe.Pooled();
		}
		return Mono.deferContextual((context) -> {
			PooledClientRequest request = new PooledClientRequest(method, uri);
			observed(request, context);
			Exchange exchange = new Exchange(this.client, request);
			// Cancelled after the response too, whose body nobody may read then
			return requestCallback.apply(request).then(Mono.create(exchange::start)).doOnCancel(exchange::cancel);
		});
	}

	private static void observed(PooledClientRequest request, ContextView context) {
		if (context.getOrDefault(OBSERVATION, null) instanceof Observation observation && !observation.isNoop()) {
			request.getAttributes().put(ObservedAttempts.OBSERVATION, observation);
		}
	}

	/**
	 * One call, for one subscriber.
	 */
	private static final class Exchange {

		private final AsyncClient client;

		private final PooledClientRequest request;

		private volatile @Nullable Cancellable call;

		private volatile boolean cancelled;

		Exchange(AsyncClient client, PooledClientRequest request) {
			this.client = client;
			this.request = request;
		}

		void start(MonoSink<ClientHttpResponse> sink) {
			this.call = this.client.execute(this.request.request(), this.request.body(), this.request.attributes(),
					new Answer(sink));
			if (this.cancelled) {
				cancel();
			}
		}

		void cancel() {
			this.cancelled = true;
			Cancellable call = this.call;
			if (call != null) {
				call.cancel();
			}
		}

	}

	private record Answer(MonoSink<ClientHttpResponse> sink) implements ResponseHandler {

		@Override
		public void response(HttpResponse response, @Nullable ReceivedBody body, HttpClientContext context) {
			PooledClientResponse received;
			try {
				received = new PooledClientResponse(response, body, context);
			}
			catch (RuntimeException ex) {
				// Who throws it here is not told of it again
				this.sink.error(ex);
				throw ex;
			}
			this.sink.success(received);
		}

		@Override
		public void failed(Exception ex) {
			this.sink.error(ex);
		}

	}

}
