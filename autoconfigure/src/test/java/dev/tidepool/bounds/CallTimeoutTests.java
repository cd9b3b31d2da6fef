package dev.tidepool.bounds;

import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The time-out that one call brings with it.
 */
class CallTimeoutTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private static final Duration WIDE = Duration.ofSeconds(10);

	private static final ClientHttpRequestInterceptor OTHER = (request, body, execution) -> {
		request.getHeaders().add("X-Intercepted", "yes");
		return execution.execute(request, body);
	};

	private final CountDownLatch stopped = new CountDownLatch(1);

	private ScriptedServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start((exchange) -> {
			switch (exchange.request().path()) {
				case "/stall" -> this.stopped.await();
				case "/echo" -> exchange.respond(200, new String(exchange.request().body(), StandardCharsets.UTF_8));
				case "/redirect" -> exchange.respond(302, "", "Location: /stall");
				default -> exchange.respond(200, "fine");
			}
		});
	}

	@AfterEach
	void stop() throws Exception {
		this.stopped.countDown();
		this.server.close();
	}

	@Test
	void restClientSetsItAsAnAttribute() {
		run((context) -> endsInTime(context,
				() -> client(context).get()
					.uri(this.server.uri("/stall"))
					.attributes(CallTimeout.of(SHORT))
					.retrieve()
					.toBodilessEntity()));
	}

	@Test
	void restClientWithInterceptorsKeepsIt() {
		run((context) -> endsInTime(context,
				() -> client(context).mutate()
					.requestInterceptor(OTHER)
					.build()
					.get()
					.uri(this.server.uri("/stall"))
					.attribute(CallTimeout.ATTRIBUTE, Duration.ofSeconds(2))
					.retrieve()
					.toBodilessEntity(),
				"2s"));
		assertThat(this.server.log()).singleElement()
			.satisfies((request) -> assertThat(request.header("X-Intercepted")).isEqualTo("yes"));
	}

	@Test
	void restClientSetsItForAllItsRequests() {
		run((context) -> {
			RestClient client = client(context).mutate()
				.defaultRequest((request) -> request.attributes(CallTimeout.of(SHORT)))
				.build();
			endsInTime(context, () -> client.get().uri(this.server.uri("/stall")).retrieve().toBodilessEntity());
			assertThat(client.get()
				.uri(this.server.uri("/fast"))
				.attributes(CallTimeout.of(Duration.ofMinutes(1)))
				.retrieve()
				.body(String.class)).isEqualTo("fine");
		});
	}

	@Test
	void restTemplateSetsItWithAnInterceptor() {
		run((context) -> {
			RestTemplate template = context.getBean(RestTemplateBuilder.class)
				.interceptors(CallTimeout.interceptor(SHORT), OTHER)
				.build();
			endsInTime(context, () -> template.getForObject(this.server.uri("/stall"), String.class));
		});
	}

	@Test
	void interceptorLeavesTheTimeoutOfACallAlone() {
		run((context) -> {
			RestClient client = client(context).mutate()
				.requestInterceptor(CallTimeout.interceptor(Duration.ofMinutes(1)))
				.build();
			endsInTime(context,
					() -> client.get()
						.uri(this.server.uri("/stall"))
						.attributes(CallTimeout.of(SHORT))
						.retrieve()
						.toBodilessEntity());
		});
	}

	@Test
	void httpServiceTakesItAsAnArgument() {
		run((context) -> {
			StallService service = HttpServiceProxyFactory
				.builderFor(RestClientAdapter.create(client(context).mutate().baseUrl(this.server.url()).build()))
				.build()
				.createClient(StallService.class);
			endsInTime(context, () -> service.stall(SHORT));
		});
	}

	@Test
	void itHoldsAcrossRedirects() {
		run((context) -> endsInTime(context,
				() -> client(context).get()
					.uri(this.server.uri("/redirect"))
					.attributes(CallTimeout.of(Duration.ofSeconds(2)))
					.retrieve()
					.toBodilessEntity(),
				"2s"));
		assertThat(this.server.requests()).isEqualTo(2);
	}

	@Test
	void longerOneGoesBeforeTheUpstreams() throws Exception {
		CountDownLatch slow = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.stall(Duration.ofMillis(300));
			slow.countDown();
			exchange.respond(200, "slow");
		})) {
			TestRunners.application()
				.withPropertyValues("tidepool.timeout.call=50ms")
				.run((context) -> assertThat(client(context).get()
					.uri(server.url())
					.attributes(CallTimeout.of(WIDE))
					.retrieve()
					.body(String.class)).isEqualTo("slow"));
			assertThat(slow.getCount()).isZero();
		}
	}

	@Test
	void itDoesNotStickToTheClientOrTheConnection() {
		run((context) -> {
			assertThat(client(context).get()
				.uri(this.server.uri("/fast"))
				.attributes(CallTimeout.of(WIDE))
				.retrieve()
				.body(String.class)).isEqualTo("fine");
			endsInTime(context,
					() -> client(context).get()
						.uri(this.server.uri("/stall"))
						.attributes(CallTimeout.of(SHORT.plusMillis(1)))
						.retrieve()
						.toBodilessEntity(),
					"301ms");
			assertThat(client(context).get().uri(this.server.uri("/fast")).retrieve().body(String.class))
				.isEqualTo("fine");
		});
	}

	@Test
	void bodiesAreSentAsBefore() {
		run((context) -> {
			RestClient client = client(context);
			String text = "x".repeat(100_000);
			assertThat(client.post()
				.uri(this.server.uri("/echo"))
				.attributes(CallTimeout.of(WIDE))
				.body(text)
				.retrieve()
				.body(String.class)).isEqualTo(text);
			assertThat(client.post()
				.uri(this.server.uri("/echo"))
				.attributes(CallTimeout.of(WIDE))
				.body((out) -> out.write(text.getBytes(StandardCharsets.UTF_8)))
				.retrieve()
				.body(String.class)).isEqualTo(text);
		});
		assertThat(this.server.log().get(0).header("Content-Length")).isEqualTo("100000");
		assertThat(this.server.log().get(1).header("Transfer-Encoding")).isEqualTo("chunked");
	}

	@Test
	void settingsOfTheRequestFactoryStillCount() {
		run((context) -> {
			HttpComponentsClientHttpRequestFactory factory = (HttpComponentsClientHttpRequestFactory) context
				.getBean(ClientHttpRequestFactoryBuilder.class)
				.build();
			factory.setReadTimeout(SHORT);
			RestClient client = RestClient.builder().requestFactory(factory).build();
			assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri(this.server.uri("/stall")).retrieve().toBodilessEntity())
				.withCauseInstanceOf(SocketTimeoutException.class);
		});
	}

	static Object[] wrongValues() {
		return new Object[] { Duration.ZERO, Duration.ofMillis(-1), "300ms", 300 };
	}

	@ParameterizedTest
	@MethodSource("wrongValues")
	void wrongValueIsRefusedBeforeAConnectionIsTaken(Object value) {
		run((context) -> {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> client(context).get()
					.uri(this.server.uri("/fast"))
					.attribute(CallTimeout.ATTRIBUTE, value)
					.retrieve()
					.toBodilessEntity())
				.withMessageContainingAll(CallTimeout.ATTRIBUTE, value.toString(), value.getClass().getName());
			assertThat(context.getBean(Upstreams.class).stats().iterator().next().connections()).isEmpty();
		});
		assertThat(this.server.accepted()).isZero();
	}

	@Test
	void wrongValueIsRefusedWhereItIsSet() {
		assertThatIllegalArgumentException().isThrownBy(() -> CallTimeout.of(Duration.ZERO))
			.withMessageContaining(CallTimeout.ATTRIBUTE);
		assertThatIllegalArgumentException().isThrownBy(() -> CallTimeout.interceptor(Duration.ofSeconds(-1)))
			.withMessageContaining(CallTimeout.ATTRIBUTE);
		assertThat(CallTimeout.in(Map.of())).isNull();
	}

	private void endsInTime(ApplicationContext context, ThrowingCallable call) {
		endsInTime(context, call, "300ms");
	}

	private void endsInTime(ApplicationContext context, ThrowingCallable call, String timeout) {
		long start = System.nanoTime();
		assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(call)
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContainingAll("attempt 1", timeout, "request attribute " + CallTimeout.ATTRIBUTE)
			.withMessageNotContaining("tidepool.timeout.call");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), WIDE);
		assertThat(context.getBean(Upstreams.class).stats().iterator().next().connections(State.ACTIVE)).isZero();
	}

	private static void run(ContextConsumer<ApplicationContext> test) {
		TestRunners.application().run(test::accept);
	}

	private static RestClient client(ApplicationContext context) {
		return context.getBean(RestClient.class);
	}

	interface StallService {

		@GetExchange("/stall")
		String stall(@RequestAttribute(CallTimeout.ATTRIBUTE) Duration timeout);

	}

}
