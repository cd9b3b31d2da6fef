package dev.tidepool.reactive;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What travels with a call, through its attempts.
 */
class ContextTests extends Reactive {

	private ScriptedServer busyAtFirst() throws Exception {
		return serve((exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.respond(503, "busy");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
	}

	@Test
	void contextOfTheCallerIsThereAfterARetry() throws Exception {
		ScriptedServer server = busyAtFirst();
		run((application) -> {
			Mono<String> call = application.client()
				.get()
				.uri(server.uri("/"))
				.header("X-Id", "one")
				.exchangeToMono((response) -> Mono.deferContextual((context) -> response.bodyToMono(String.class)
					.map((body) -> body + " for " + context.get("user"))));
			assertThat(call.contextWrite((context) -> context.put("user", "me")).block(WIDE)).isEqualTo("fine for me");
		});
		assertThat(server.requests("one")).isEqualTo(2);
	}

	@Test
	void publishedBodySeesTheContextOfTheCaller() throws Exception {
		ScriptedServer server = serve(
				(exchange) -> exchange.respond(200, new String(exchange.request().body(), StandardCharsets.UTF_8)));
		run((application) -> {
			Flux<String> body = Flux
				.deferContextual((context) -> Flux.just("sent by ", context.getOrDefault("user", "nobody")));
			assertThat(application.client()
				.post()
				.uri(server.uri("/"))
				.body(body, String.class)
				.retrieve()
				.bodyToMono(String.class)
				.contextWrite((context) -> context.put("user", "me"))
				.block(WIDE)).isEqualTo("sent by me");
		});
	}

	@Test
	void callThatIsRetriedIsOneObservationWithItsLastStatus() throws Exception {
		ScriptedServer server = busyAtFirst();
		Tracing tracing = new Tracing();
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(tracing);
		run((application) -> {
			WebClient client = application.client().mutate().observationRegistry(registry).build();
			assertThat(client.get()
				.uri(server.uri("/"))
				.header("X-Id", "one")
				.retrieve()
				.bodyToMono(String.class)
				.block(WIDE)).isEqualTo("fine");
		});
		assertThat(tracing.stopped).singleElement().satisfies((observed) -> {
			assertThat(observed.getResponse()).isNotNull();
			assertThat(observed.getResponse().statusCode().value()).isEqualTo(200);
			assertThat(observed.getError()).isNull();
		});
		List<String> traces = server.log().stream().map((request) -> request.header("traceparent")).toList();
		assertThat(traces).hasSize(2).doesNotContainNull();
		assertThat(traces.get(0)).isEqualTo(traces.get(1));
	}

	@Test
	void blockingOnAnIoThreadIsRefused() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			Mono<String> blocking = application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToMono(String.class)
				.map((body) -> Mono.never().thenReturn(body).block());
			assertThatIllegalStateException().isThrownBy(() -> blocking.block(WIDE))
				.withMessageContaining("tidepool-io-");
		});
	}

	/**
	 * Sends the trace along, as tracing does.
	 */
	private static final class Tracing implements ObservationHandler<ClientRequestObservationContext> {

		private final Queue<ClientRequestObservationContext> stopped = new ConcurrentLinkedQueue<>();

		@Override
		public void onStart(ClientRequestObservationContext context) {
			context.getSetter().set(context.getCarrier(), "traceparent", UUID.randomUUID().toString());
		}

		@Override
		public void onStop(ClientRequestObservationContext context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof ClientRequestObservationContext;
		}

	}

}
