package integrations;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One trace through the caller, its attempts and the upstream, with Micrometer Tracing as
 * Spring Boot sets it up.
 */
@Timeout(60)
class TracingTests {

	@ParameterizedTest
	@EnumSource
	void attemptsOfACallAreEventsOfItsSpanInTheTraceOfTheCaller(Client client) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			switch (exchange.attempt()) {
				case 1 -> exchange.respond(503, "busy");
				case 2 -> exchange.reset();
				default -> exchange.respond(200, "fine");
			}
		}); ConfigurableApplicationContext context = application("tidepool.upstreams.orders.base-url=" + server.url())) {
			Observation.createNotStarted("caller", context.getBean(ObservationRegistry.class))
				.observe(() -> assertThat(client.call(context, server.uri("/"))).isEqualTo("fine"));
			Spans spans = context.getBean(Spans.class);
			Awaitility.await().untilAsserted(() -> assertThat(spans.finished).hasSize(2));
			SpanData caller = spans.named("caller");
			SpanData call = spans.named("http get");
			assertThat(call.getTraceId()).isEqualTo(caller.getTraceId());
			assertThat(call.getParentSpanId()).isEqualTo(caller.getSpanId());
			assertThat(call.getEvents()).extracting(EventData::getName)
				.containsExactly("attempt 1 to orders failed: status 503", "attempt 2 to orders failed: lost");
			assertThat(call.getAttributes().get(AttributeKey.stringKey("status"))).isEqualTo("200");
			// What the upstream saw: each attempt in the span of the call
			assertThat(server.log()).hasSize(3)
				.extracting((request) -> request.header("traceparent"))
				.allSatisfy((parent) -> assertThat(parent)
					.startsWith("00-%s-%s-".formatted(call.getTraceId(), call.getSpanId())));
			assertThat(context.getBean(MeterRegistry.class).get("http.client.requests.attempt.failed").counters())
				.hasSize(1)
				.allSatisfy((counter) -> assertThat(counter.count()).isEqualTo(2));
		}
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Stream.concat(Stream.of("spring.main.banner-mode=off", "management.tracing.sampling.probability=1",
					"tidepool.retry.backoff.initial=1ms"), Stream.of(properties)).toArray(String[]::new))
			.run();
	}

	enum Client {

		REST_CLIENT {

			@Override
			String call(ApplicationContext context, URI uri) {
				return context.getBean(RestClient.class).get().uri(uri).header("X-Id", "one").retrieve().body(String.class);
			}

		},

		WEB_CLIENT {

			@Override
			String call(ApplicationContext context, URI uri) {
				return context.getBean(WebClient.class)
					.get()
					.uri(uri)
					.header("X-Id", "one")
					.retrieve()
					.bodyToMono(String.class)
					.block(Duration.ofSeconds(30));
			}

		};

		abstract String call(ApplicationContext context, URI uri);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Spans spans() {
			return new Spans();
		}

	}

	/**
	 * In place of what sends them somewhere.
	 */
	static final class Spans implements SpanProcessor {

		private final Queue<SpanData> finished = new ConcurrentLinkedQueue<>();

		@Override
		public void onStart(Context parent, ReadWriteSpan span) {
		}

		@Override
		public boolean isStartRequired() {
			return false;
		}

		@Override
		public void onEnd(ReadableSpan span) {
			this.finished.add(span.toSpanData());
		}

		@Override
		public boolean isEndRequired() {
			return true;
		}

		SpanData named(String name) {
			List<SpanData> found = this.finished.stream().filter((span) -> name.equals(span.getName())).toList();
			assertThat(found).as("spans named %s of %s", name, this.finished).hasSize(1);
			return found.get(0);
		}

	}

}
