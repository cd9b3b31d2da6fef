package dev.tidepool.actuate;

import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.autoconfigure.RestClientObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.ClosedPort;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What the observation of a call tells of its attempts.
 */
@Timeout(60)
class ObservedAttemptsTests {

	private final Recorded recorded = new Recorded();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final ApplicationContextRunner contextRunner = TestRunners.applicationWithBothClients()
		.withConfiguration(AutoConfigurations.of(RestClientObservationAutoConfiguration.class,
				WebClientObservationAutoConfiguration.class))
		.withBean(ObservationRegistry.class, () -> this.registry)
		.withPropertyValues("tidepool.retry.backoff.initial=1ms");

	ObservedAttemptsTests() {
		this.registry.observationConfig().observationHandler(this.recorded);
	}

	@ParameterizedTest
	@EnumSource
	void eachAttemptThatIsRepeatedIsAnEventOfTheOneObservation(Client client) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			switch (exchange.attempt()) {
				case 1 -> exchange.respond(503, "busy");
				case 2 -> exchange.reset();
				default -> exchange.respond(200, "fine");
			}
		})) {
			this.contextRunner.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> assertThat(client.call(context, HttpMethod.GET, server.uri("/"))).isEqualTo("fine"));
			assertThat(server.requests("one")).isEqualTo(3);
			assertThat(this.recorded.events).containsExactly("attempt 1 to orders failed: status 503",
					"attempt 2 to orders failed: lost");
			// One span, as far as the upstream can tell
			assertThat(server.log()).extracting((request) -> request.header("traceparent")).containsOnly("trace-1");
		}
	}

	@ParameterizedTest
	@EnumSource
	void refusedConnectIsAnEventToo(Client client) throws Exception {
		try (ClosedPort port = new ClosedPort()) {
			URI uri = URI.create("http://127.0.0.1:" + port.number());
			this.contextRunner.withPropertyValues("tidepool.upstreams.orders.base-url=" + uri)
				.run((context) -> assertThatException().isThrownBy(() -> client.call(context, HttpMethod.POST, uri)));
			assertThat(this.recorded.events).containsExactly("attempt 1 to orders failed: connect",
					"attempt 2 to orders failed: connect");
		}
	}

	@ParameterizedTest
	@EnumSource
	void callThatIsNotRepeatedHasNoEvent(Client client) throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(exchange.request().method().equals("POST") ? 503 : 200, "fine"))) {
			this.contextRunner.run((context) -> {
				client.call(context, HttpMethod.GET, server.uri("/"));
				assertThatException().isThrownBy(() -> client.call(context, HttpMethod.POST, server.uri("/")));
			});
			assertThat(server.requests()).isEqualTo(2);
			assertThat(this.recorded.events).isEmpty();
		}
	}

	@Test
	void observationThatAnUnobservedClientIsCalledWithinHasNoEvent() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond((exchange.attempt() == 1) ? 503 : 200, "fine"))) {
			this.contextRunner.run((context) -> {
				RestClient unobserved = context.getBean(RestClient.Builder.class)
					.observationRegistry(ObservationRegistry.NOOP)
					.build();
				Observation.createNotStarted("around", this.registry)
					.observe(() -> unobserved.get()
						.uri(server.uri("/"))
						.header("X-Id", "one")
						.retrieve()
						.toBodilessEntity());
			});
			assertThat(server.requests("one")).isEqualTo(2);
			assertThat(this.recorded.events).isEmpty();
		}
	}

	@Test
	void attemptsAreObservedWithLazyInitializationToo() {
		this.contextRunner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context.getSourceApplicationContext()
				.getBeanFactory()
				.containsSingleton(context.getBeanNamesForType(ObservedAttempts.class)[0])).isTrue());
	}

	enum Client {

		REST_CLIENT {

			@Override
			String call(ApplicationContext context, HttpMethod method, URI uri) {
				return context.getBean(RestClient.class)
					.method(method)
					.uri(uri)
					.header("X-Id", "one")
					.retrieve()
					.body(String.class);
			}

		},

		WEB_CLIENT {

			@Override
			String call(ApplicationContext context, HttpMethod method, URI uri) {
				return context.getBean(WebClient.class)
					.method(method)
					.uri(uri)
					.header("X-Id", "one")
					.retrieve()
					.bodyToMono(String.class)
					.block();
			}

		};

		abstract String call(ApplicationContext context, HttpMethod method, URI uri);

	}

	/**
	 * Sends a trace along, as tracing does, and keeps the events.
	 */
	private static final class Recorded implements ObservationHandler<Observation.Context> {

		private final AtomicInteger started = new AtomicInteger();

		private final Queue<String> events = new ConcurrentLinkedQueue<>();

		@Override
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?> sender) {
				send(sender, "trace-" + this.started.incrementAndGet());
			}
		}

		private static <C> void send(SenderContext<C> sender, String trace) {
			sender.getSetter().set(sender.getCarrier(), "traceparent", trace);
		}

		@Override
		public void onEvent(Observation.Event event, Observation.Context context) {
			this.events.add(event.getContextualName());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
