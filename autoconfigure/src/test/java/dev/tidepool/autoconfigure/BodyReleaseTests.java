package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The ways by which WebClient lets go of a body, with and without filters around it.
 */
@Timeout(60)
class BodyReleaseTests {

	private static final Duration BOUND = Duration.ofSeconds(20);

	private static final String LARGE = "x".repeat(200_000);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TidepoolReactiveAutoConfiguration.class,
				TidepoolWebClientAutoConfiguration.class, SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, CodecsAutoConfiguration.class,
				WebClientAutoConfiguration.class))
		.withPropertyValues("tidepool.response.drain-max-time=5s");

	private final CountDownLatch stopped = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	@FunctionalInterface
	interface Way {

		Mono<?> call(WebClient.RequestHeadersSpec<?> request);

	}

	static Stream<Way> statusOnly() {
		return Stream.of((request) -> request.retrieve().toBodilessEntity(),
				(request) -> request.retrieve().bodyToMono(Void.class),
				(request) -> request.retrieve().toEntity(Void.class),
				(request) -> request.exchangeToMono(ClientResponse::releaseBody),
				(request) -> request.exchangeToMono(ClientResponse::toBodilessEntity),
				(request) -> request.exchangeToMono((response) -> Mono.just(response.statusCode())),
				(request) -> request.exchangeToMono((response) -> Mono.empty()),
				(request) -> request.exchangeToMono((response) -> Mono.error(new IOException("Expected")))
					.onErrorComplete(),
				(request) -> request.exchangeToMono((response) -> {
					throw new IllegalArgumentException("Expected");
				}).onErrorComplete(),
				(request) -> request.retrieve()
					.onStatus((status) -> true, (response) -> Mono.error(new IOException("Expected")))
					.bodyToMono(String.class)
					.onErrorComplete(),
				(request) -> request.exchangeToFlux((response) -> Mono.just(response.statusCode()).flux()).then());
	}

	@ParameterizedTest
	@MethodSource("statusOnly")
	void bodyIsDrainedBeforeTheCallerGoesOn(Way way) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, LARGE))) {
			this.contextRunner.run((context) -> {
				for (int i = 0; i < 10; i++) {
					way.call(get(context, server)).block(BOUND);
				}
				assertThat(server.requests()).isEqualTo(10);
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@ParameterizedTest
	@MethodSource("statusOnly")
	void endlessBodyIsGivenUp(Way way) throws Exception {
		try (ScriptedServer server = ScriptedServer.start(this::endless)) {
			this.contextRunner.withPropertyValues("tidepool.response.drain-max-time=50ms").run((context) -> {
				way.call(get(context, server)).block(BOUND);
				assertThatIsGivenUp(context, server);
			});
		}
	}

	static Stream<ExchangeFilterFunction> filters() {
		return Stream.of((request, next) -> next.exchange(request),
				(request, next) -> next.exchange(request)
					.map((response) -> response.mutate().header("X-Seen", "yes").build()),
				(request, next) -> next.exchange(request)
					.map((response) -> response.mutate()
						.body((body) -> body.doOnNext((buffer) -> buffer.readPosition()))
						.build()),
				(request, next) -> next.exchange(request)
					.flatMap((response) -> response.releaseBody().then(next.exchange(request))));
	}

	@ParameterizedTest
	@MethodSource("filters")
	void endlessBodyIsGivenUpThroughFilters(ExchangeFilterFunction filter) throws Exception {
		try (ScriptedServer server = ScriptedServer.start(this::endless)) {
			this.contextRunner
				.withPropertyValues("tidepool.response.drain-max-time=50ms", "tidepool.pool.max-per-upstream=1")
				.run((context) -> {
					builder(context).filter(filter)
						.filter((request, next) -> next.exchange(request))
						.build()
						.get()
						.uri(server.uri("/"))
						.retrieve()
						.toBodilessEntity()
						.block(BOUND);
					assertThatIsGivenUp(context, server);
				});
		}
	}

	@Test
	void bodyIsDrainedThroughFiltersBeforeTheCallerGoesOn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, LARGE))) {
			this.contextRunner.run((context) -> {
				WebClient.Builder builder = builder(context);
				filters().forEach(builder::filter);
				for (int i = 0; i < 5; i++) {
					builder.build().get().uri(server.uri("/")).retrieve().toBodilessEntity().block(BOUND);
				}
				assertThat(server.requests()).isEqualTo(10);
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@Test
	void bodyThatIsWantedPassesAllFilters() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, LARGE))) {
			this.contextRunner.run((context) -> {
				WebClient.Builder builder = builder(context);
				List<String> order = new ArrayList<>();
				Stream.of("first", "second", "third")
					.forEach((name) -> builder.filter(ExchangeFilterFunction.ofRequestProcessor((request) -> {
						order.add(name);
						return Mono.just(request);
					})));
				filters().forEach(builder::filter);
				assertThat(builder.build().get().uri(server.uri("/")).retrieve().bodyToMono(String.class).block(BOUND))
					.isEqualTo(LARGE);
				assertThat(order).containsExactly("first", "second", "third");
			});
		}
	}

	@Test
	void restOfABodyIsDrainedBeforeTheCallerGoesOn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, LARGE))) {
			this.contextRunner.run((context) -> {
				for (int i = 0; i < 10; i++) {
					String some = get(context, server)
						.exchangeToMono(
								(response) -> response.bodyToFlux(DataBuffer.class).map(BodyReleaseTests::text).next())
						.block(BOUND);
					assertThat(some).startsWith("x");
				}
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@Test
	void bodyThatIsBeingReadIsLeftToItsReader() throws Exception {
		CountDownLatch rest = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfi");
			rest.await(BOUND.toSeconds(), TimeUnit.SECONDS);
			exchange.raw("ne");
		})) {
			this.contextRunner.run((context) -> {
				Mono<String> body = get(context, server)
					.exchangeToMono((response) -> Mono.just(response.bodyToMono(String.class).toFuture()))
					.<Mono<String>>map(Mono::fromFuture)
					.block(BOUND);
				rest.countDown();
				assertThat(body.block(BOUND)).isEqualTo("fine");
			});
		}
	}

	@Test
	void releasedBodyCannotBeRead() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				Mono<String> late = get(context, server)
					.exchangeToMono((response) -> response.releaseBody().then(response.bodyToMono(String.class)));
				assertThatIllegalStateException().isThrownBy(() -> late.block(BOUND))
					.withMessageContaining("not once released");
				assertThat(late.onErrorComplete().block(BOUND)).isNull();
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@Test
	void callerWhoGoesAwayBeforeItReadsLeavesNothing() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, LARGE))) {
			this.contextRunner.run((context) -> {
				for (int i = 0; i < 5; i++) {
					CountDownLatch answered = new CountDownLatch(1);
					Disposable caller = get(context, server).exchangeToMono((response) -> {
						answered.countDown();
						return Mono.never();
					}).subscribe();
					assertThat(answered.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
					caller.dispose();
					awaitRest(context);
				}
				assertThat(server.accepted()).isOne();
				assertThat(stats(context).connections(State.IDLE)).isOne();
			});
		}
	}

	@Test
	void callerWhoGoesAwayBeforeItReadsAnEndlessBodyLeavesNothing() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(this::endless)) {
			this.contextRunner.withPropertyValues("tidepool.response.drain-max-time=50ms").run((context) -> {
				CountDownLatch answered = new CountDownLatch(1);
				Disposable caller = get(context, server).exchangeToMono((response) -> {
					answered.countDown();
					return Mono.never();
				}).subscribe();
				assertThat(answered.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
				caller.dispose();
				assertThatIsGivenUp(context, server);
			});
		}
	}

	@Test
	void callThatIsSubscribedToAgainAfterACancelWorks() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().connection() == 1) {
				exchange.stall(BOUND);
			}
			exchange.respond(200, new String(exchange.request().body(), StandardCharsets.UTF_8));
		})) {
			this.contextRunner.run((context) -> {
				String answer = builder(context).filter((request, next) -> {
					Mono<ClientResponse> call = next.exchange(request);
					return call.timeout(Duration.ofSeconds(2)).onErrorResume(TimeoutException.class, (ex) -> call);
				})
					.build()
					.post()
					.uri(server.uri("/"))
					.bodyValue("sent twice")
					.retrieve()
					.bodyToMono(String.class)
					.block(BOUND);
				assertThat(answer).isEqualTo("sent twice");
				assertThat(server.requests()).isEqualTo(2);
				awaitRest(context);
			});
		}
	}

	private void endless(Exchange exchange) throws Exception {
		exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
		while (!this.stopped.await(20, TimeUnit.MILLISECONDS)) {
			exchange.raw("x");
		}
	}

	private static String text(DataBuffer buffer) {
		String text = buffer.toString(StandardCharsets.UTF_8);
		DataBufferUtils.release(buffer);
		return text;
	}

	private static WebClient.Builder builder(ApplicationContext context) {
		return context.getBean(WebClient.Builder.class);
	}

	private static WebClient.RequestHeadersSpec<?> get(ApplicationContext context, ScriptedServer server) {
		return builder(context).build().get().uri(server.uri("/"));
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

	private static void assertThatIsGivenUp(ApplicationContext context, ScriptedServer server) {
		awaitRest(context);
		UpstreamStats stats = stats(context);
		assertThat(stats.connections(State.IDLE)).isZero();
		assertThat(stats.drains(DrainOutcome.GIVEN_UP)).isEqualTo(server.requests());
		assertThat(server.accepted()).isEqualTo(server.requests());
	}

	private static void awaitRest(ApplicationContext context) {
		Awaitility.await().untilAsserted(() -> {
			assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
			assertThat(stats(context).connections(State.ACTIVE)).isZero();
		});
	}

}
