package dev.tidepool.autoconfigure;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.tidepool.autoconfigure.PoolProbe.Answer;

/**
 * Finds out whether a WebClient goes through the pool, without a request: it asks for an
 * address by which {@link PooledConnector} knows that it is asked, and never subscribes
 * to the response that others promise, so that nothing is resolved or connected to. A
 * WebClient does not give its connector away; so a copy of it is used whose filters are
 * replaced by one that asks the connector. Of the client's own code only its default
 * request runs.
 * <p>
 * Cannot tell where Jetty's client is on the class path: asking it would start its
 * threads. Is wrong about a connector that asks ours only once it is subscribed to.
 */
final class ReactivePoolProbe {

	private static final boolean JETTY = ClassUtils.isPresent("org.eclipse.jetty.reactive.client.ReactiveRequest",
			ReactivePoolProbe.class.getClassLoader());

	private ReactivePoolProbe() {
	}

	static Answer ask(ClientHttpConnector connector) {
		return ask(() -> connector.connect(HttpMethod.GET, PoolProbe.ADDRESS, (request) -> Mono.empty()));
	}

	static Answer ask(WebClient client) {
		Asking asking = new Asking();
		try {
			client.mutate().observationRegistry(ObservationRegistry.NOOP).filters((filters) -> {
				filters.clear();
				filters.add(asking);
			})
				.build()
				.get()
				.uri(PoolProbe.ADDRESS)
				.apiVersion(null)
				.exchangeToMono((response) -> Mono.empty())
				.onErrorComplete()
				.subscribe();
		}
		catch (RuntimeException ex) {
			return Answer.UNKNOWN;
		}
		return asking.answer;
	}

	private static Answer ask(Runnable connect) {
		if (JETTY) {
			return Answer.UNKNOWN;
		}
		try {
			connect.run();
			return Answer.BYPASSES;
		}
		catch (RuntimeException ex) {
			return PoolProbe.isPooled(ex) ? Answer.POOLED : Answer.UNKNOWN;
		}
	}

	/**
	 * The only filter.
	 */
	private static final class Asking implements ExchangeFilterFunction {

		private Answer answer = Answer.UNKNOWN;

		@Override
		public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction connector) {
			this.answer = ask(() -> connector.exchange(request));
			return Mono.empty();
		}

	}

}
