package dev.tidepool.bounds;

import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.Durations;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Script;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every wait ends (FAULTS 21 to 28).
 */
class DeadlineIT {

	private static final Duration WIDE = Duration.ofSeconds(10);

	private final CountDownLatch stopped = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	/**
	 * An upstream that keeps its caller waiting.
	 *
	 * @param name for the test report
	 * @param head what it sends at once
	 * @param drip what it sends again and again after
	 * @param property the property that is to end the wait
	 */
	record Stall(String name, String head, String drip, String property) {

		@Override
		public String toString() {
			return this.name + ", ended by " + this.property;
		}

	}

	static Stream<Stall> stalls() {
		String head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
		String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
		return Stream.of(new Stall("nothing comes", "", "", "tidepool.timeout.response"),
				new Stall("nothing comes", "", "", "tidepool.timeout.call"),
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.response"),
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.call"),
				new Stall("endless interim responses", "", "HTTP/1.1 103 Early Hints\r\n\r\n",
						"tidepool.timeout.response"),
				new Stall("the body stalls", head, "", "tidepool.timeout.read"),
				new Stall("the body stalls", head, "", "tidepool.timeout.call"),
				new Stall("the body drips", head, "x", "tidepool.timeout.call"),
				new Stall("chunks drip", chunked, "1\r\nx\r\n", "tidepool.timeout.call"));
	}

	@ParameterizedTest
	@MethodSource("stalls")
	void everyWaitEndsOnPlainConnections(Stall stall) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> stall(exchange, stall))) {
			// The deadline of the call covers connecting, until the server has the
			// request
			endsInTime(server, stall, Duration.ofSeconds(stall.property().equals("tidepool.timeout.call") ? 2 : 1));
		}
	}

	@ParameterizedTest
	@MethodSource("stalls")
	void everyWaitEndsOnTls(Stall stall) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> stall(exchange, stall))) {
			// The handshake takes its time on a busy machine
			endsInTime(server, stall, Duration.ofSeconds(2));
		}
	}

	private void endsInTime(ScriptedServer server, Stall stall, Duration timeout) {
		TestRunners.application()
			.withPropertyValues(stall.property() + "=" + timeout.toMillis() + "ms",
					// Of all bounds only the deadline
					"tidepool.response.max-interim-responses=1000000", TestTls.trustProperty("own", "first"),
					"tidepool.ssl.bundle=own")
			.run((context) -> {
				long start = System.nanoTime();
				// Spring wraps once more what fails while it reads a body
				assertThatExceptionOfType(RestClientException.class).isThrownBy(
						() -> context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContaining(Durations.display(timeout))
					.withMessageContaining(stall.property())
					.withMessageContaining("attempt 1");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(timeout.minusMillis(50), WIDE);
				UpstreamStats stats = stats(context);
				assertThat(stats.connections(State.ACTIVE)).isZero();
				assertThat(stats.closed(CloseReason.DEADLINE)).isOne();
				assertThat(server.requests()).isOne();
				if (!stall.drip().isEmpty()) {
					Awaitility.await().until(() -> server.open() == 0);
				}
			});
	}

	@Test
	void deadlineOfTheCallCoversAllAttemptsAndPauses() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "", "Retry-After: 2"))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=1900ms").run((context) -> {
				Integer status = context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.exchange((request, response) -> response.getStatusCode().value());
				assertThat(status).isEqualTo(503);
				assertThat(server.requests()).isOne();
			});
		}
	}

	/**
	 * What comes before the upstream keeps its caller waiting.
	 *
	 * @param name for the test report
	 * @param first answers the first request to its path
	 */
	record Prelude(String name, Script first) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	static Stream<Arguments> preludes() {
		List<Prelude> preludes = List.of(
				new Prelude("a repeat after 503", (exchange) -> exchange.respond(503, "", "Retry-After: 0")),
				new Prelude("a repeat after a loss", Exchange::close),
				new Prelude("a redirect", (exchange) -> exchange.respond(302, "", "Location: /moved")));
		List<Stall> stalls = List.of(
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.call"),
				new Stall("the body drips", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x",
						"tidepool.timeout.call"));
		return preludes.stream()
			.flatMap((prelude) -> stalls.stream()
				.map((stall) -> Arguments.of(prelude, stall, 50 + 150 * (stalls.indexOf(stall) % 2))));
	}

	@ParameterizedTest
	@MethodSource("preludes")
	void deadlineOfTheCallCovers(Prelude prelude, Stall stall, int dripMillis) throws Exception {
		AtomicInteger requests = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (requests.incrementAndGet() == 1) {
				prelude.first().run(exchange);
			}
			else {
				stall(exchange, stall, dripMillis);
			}
		})) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=2s").run((context) -> {
				long start = System.nanoTime();
				assertThatExceptionOfType(RestClientException.class).isThrownBy(
						() -> context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContainingAll("2s of the whole call", "tidepool.timeout.call", "altogether");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1900), WIDE);
				assertThat(stats(context).connections(State.ACTIVE)).isZero();
				assertThat(server.requests()).isEqualTo(2);
			});
		}
	}

	@Test
	void endlessRedirectsEndWithTheCall() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.stall(Duration.ofMillis(50));
			exchange.respond(302, "", "Location: /" + exchange.request().onConnection());
		})) {
			TestRunners.application()
				.withPropertyValues("tidepool.timeout.call=1s", "tidepool.redirect.max=1000")
				.run((context) -> {
					assertThatExceptionOfType(ResourceAccessException.class)
						.isThrownBy(() -> context.getBean(RestClient.class)
							.get()
							.uri(server.url())
							.retrieve()
							.toBodilessEntity())
						.withCauseInstanceOf(SocketTimeoutException.class);
					assertThat(server.requests()).isBetween(1, 21);
					assertThat(stats(context).connections(State.ACTIVE)).isZero();
				});
		}
	}

	@Test
	void pauseThatDoesNotFitIsNotBegun() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, ""))) {
			TestRunners.application()
				// So long that hardly one of them fits, and none just so that the attempt
				// after it does not
				.withPropertyValues("tidepool.timeout.call=2s", "tidepool.retry.max-attempts=1000",
						"tidepool.retry.backoff.initial=1h", "tidepool.retry.backoff.max=1h",
						"tidepool.retry.budget.ratio=1", "tidepool.retry.budget.min-per-second=1000")
				.run((context) -> {
					long start = System.nanoTime();
					Integer status = context.getBean(RestClient.class)
						.get()
						.uri(server.url())
						.exchange((request, response) -> response.getStatusCode().value());
					assertThat(status).isEqualTo(503);
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
					assertThat(stats(context).connections(State.ACTIVE)).isZero();
				});
		}
	}

	@Test
	void bodyReadPastTheDeadlineFailsAlthoughItIsThere() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "x".repeat(100_000)))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=2s").run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				client.get().uri(server.url()).exchange((request, response) -> {
					InputStream body = response.getBody();
					assertThat(body.read()).isEqualTo('x');
					long read = System.nanoTime();
					Awaitility.await().until(() -> System.nanoTime() - read > 2_000_000_000);
					assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(body::readAllBytes)
						.withMessageContainingAll("reading the body", "2s of the whole call");
					return null;
				});
				assertThat(stats(context).closed(CloseReason.DEADLINE)).isOne();
				assertThat(stats(context).connections()).isEmpty();
			});
		}
	}

	@Test
	void deadlineDoesNotStickToTheConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=2s").run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				for (int i = 0; i < 10; i++) {
					assertThat(client.get().uri(server.url()).retrieve().body(String.class)).isEqualTo("fine");
					this.stopped.await(250, TimeUnit.MILLISECONDS);
				}
				assertThat(server.accepted()).isOne();
			});
		}
	}

	private void stall(Exchange exchange, Stall stall) throws Exception {
		stall(exchange, stall, 20);
	}

	private void stall(Exchange exchange, Stall stall, int dripMillis) throws Exception {
		exchange.raw(stall.head());
		while (!this.stopped.await(dripMillis, TimeUnit.MILLISECONDS)) {
			exchange.raw(stall.drip());
		}
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
