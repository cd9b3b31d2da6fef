package integrations;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import brave.Tracing;
import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BravePropagator;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
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
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
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
 * Spring Boot sets it up on OpenTelemetry, and on Brave.
 */
@Timeout(60)
class TracingTests {

	@ParameterizedTest
	@EnumSource
	void attemptsOfACallAreEventsOfItsSpanInTheTraceOfTheCaller(Client client) throws Exception {
		check(client, OnOpenTelemetry.class);
	}

	@ParameterizedTest
	@EnumSource
	void soTheyAreOnBrave(Client client) throws Exception {
		check(client, OnBrave.class);
	}

	private static void check(Client client, Class<?> tracing) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			switch (exchange.attempt()) {
				case 1 -> exchange.respond(503, "busy");
				case 2 -> exchange.reset();
				default -> exchange.respond(200, "fine");
			}
		}); ConfigurableApplicationContext context = application(tracing,
				"tidepool.upstreams.orders.base-url=" + server.url())) {
			Observation.createNotStarted("caller", context.getBean(ObservationRegistry.class))
				.observe(() -> assertThat(client.call(context, server.uri("/"))).isEqualTo("fine"));
			Spans spans = context.getBean(Spans.class);
			Awaitility.await().untilAsserted(() -> assertThat(spans.finished).hasSize(2));
			Span caller = spans.named("caller");
			Span call = spans.named("http get");
			assertThat(call.traceId()).isEqualTo(caller.traceId());
			assertThat(call.parentId()).isEqualTo(caller.id());
			assertThat(call.events()).containsExactly("attempt 1 to orders failed: status 503",
					"attempt 2 to orders failed: lost");
			assertThat(call.status()).isEqualTo("200");
			// What the upstream saw: each attempt in the span of the call
			assertThat(server.log()).hasSize(3)
				.extracting((request) -> request.header("traceparent"))
				.allSatisfy((parent) -> assertThat(parent)
					.startsWith("00-%s-%s-".formatted(call.traceId(), call.id())));
			assertThat(context.getBean(MeterRegistry.class).get("http.client.requests.attempt.failed").counters())
				.hasSize(1)
				.allSatisfy((counter) -> assertThat(counter.count()).isEqualTo(2));
		}
	}

	private static ConfigurableApplicationContext application(Class<?> tracing, String... properties) {
		return new SpringApplicationBuilder(tracing).web(WebApplicationType.NONE)
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

	/**
	 * What is told of a span.
	 */
	record Span(String name, String traceId, String id, String parentId, List<String> events, String status) {

		static Span of(SpanData span) {
			return new Span(span.getName(), span.getTraceId(), span.getSpanId(), span.getParentSpanId(),
					span.getEvents().stream().map(EventData::getName).toList(),
					span.getAttributes().get(AttributeKey.stringKey("status")));
		}

		static Span of(MutableSpan span) {
			return new Span(span.name(), span.traceId(), span.id(), span.parentId(),
					span.annotations().stream().map(Map.Entry::getValue).toList(), span.tag("status"));
		}

	}

	/**
	 * In place of what sends them somewhere.
	 */
	static final class Spans {

		private final Queue<Span> finished = new ConcurrentLinkedQueue<>();

		Span named(String name) {
			List<Span> found = this.finished.stream().filter((span) -> name.equals(span.name())).toList();
			assertThat(found).as("spans named %s of %s", name, this.finished).hasSize(1);
			return found.get(0);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OnOpenTelemetry {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		SpanProcessor processor(Spans spans) {
			return new SpanProcessor() {

				@Override
				public void onStart(Context parent, ReadWriteSpan span) {
				}

				@Override
				public boolean isStartRequired() {
					return false;
				}

				@Override
				public void onEnd(ReadableSpan span) {
					spans.finished.add(Span.of(span.toSpanData()));
				}

				@Override
				public boolean isEndRequired() {
					return true;
				}

			};
		}

	}

	/**
	 * Brave as an application declares it.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = OpenTelemetryTracingAutoConfiguration.class)
	static class OnBrave {

		@Bean
		Spans spans() {
			return new Spans();
		}

		@Bean
		Tracing brave(Spans spans) {
			return Tracing.newBuilder()
				.traceId128Bit(true)
				.propagationFactory(new W3CPropagation())
				.addSpanHandler(new SpanHandler() {

					@Override
					public boolean end(TraceContext context, MutableSpan span, Cause cause) {
						spans.finished.add(Span.of(span));
						return true;
					}

				})
				.build();
		}

		@Bean
		BraveTracer tracer(Tracing brave) {
			return new BraveTracer(brave.tracer(), new BraveCurrentTraceContext(brave.currentTraceContext()),
					new BraveBaggageManager());
		}

		@Bean
		BravePropagator propagator(Tracing brave) {
			return new BravePropagator(brave);
		}

	}

}
