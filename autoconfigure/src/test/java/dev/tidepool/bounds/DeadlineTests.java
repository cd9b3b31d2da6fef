package dev.tidepool.bounds;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every wait ends (FAULTS 21 to 28).
 */
class DeadlineTests {

	private static final Duration WIDE = Duration.ofSeconds(5);

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
			endsInTime(server, stall);
		}
	}

	@ParameterizedTest
	@MethodSource("stalls")
	void everyWaitEndsOnTls(Stall stall) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> stall(exchange, stall))) {
			endsInTime(server, stall);
		}
	}

	private void endsInTime(ScriptedServer server, Stall stall) {
		TestRunners.application()
			.withPropertyValues(stall.property() + "=300ms", TestTls.trustProperty("own", "first"),
					"tidepool.ssl.bundle=own")
			.run((context) -> {
				long start = System.nanoTime();
				// Spring wraps once more what fails while it reads a body
				assertThatExceptionOfType(RestClientException.class).isThrownBy(
						() -> context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContaining("300ms")
					.withMessageContaining(stall.property())
					.withMessageContaining("attempt 1");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), WIDE);
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
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "", "Retry-After: 1"))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=500ms").run((context) -> {
				Integer status = context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.exchange((request, response) -> response.getStatusCode().value());
				assertThat(status).isEqualTo(503);
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	void deadlineDoesNotStickToTheConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.call=300ms").run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				for (int i = 0; i < 10; i++) {
					assertThat(client.get().uri(server.url()).retrieve().body(String.class)).isEqualTo("fine");
					this.stopped.await(100, TimeUnit.MILLISECONDS);
				}
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@Test
	void handshakeThatStallsEnds() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().withPropertyValues("tidepool.timeout.tls-handshake=300ms").run((context) -> {
				long start = System.nanoTime();
				assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> context.getBean(RestClient.class)
						.get()
						.uri("https://localhost:" + server.port())
						.retrieve()
						.toBodilessEntity())
					.withCauseInstanceOf(IOException.class);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
				assertThat(server.accepted()).isOne();
			});
		}
	}

	@Test
	void interruptEndsAReadAndKeepsTheFlag() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> stall(exchange, stalls().toList().get(0)))) {
			TestRunners.application().run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				Exception[] thrown = new Exception[1];
				boolean[] flag = new boolean[1];
				Thread caller = new Thread(() -> {
					try {
						client.get().uri(server.url()).retrieve().toBodilessEntity();
					}
					catch (Exception ex) {
						thrown[0] = ex;
						flag[0] = Thread.currentThread().isInterrupted();
					}
				});
				caller.start();
				Awaitility.await().until(() -> server.requests() == 1);
				caller.interrupt();
				caller.join(WIDE.toMillis());
				assertThat(caller.isAlive()).isFalse();
				assertThat(thrown[0]).isInstanceOf(ResourceAccessException.class).hasMessageContaining("Interrupted");
				assertThat(flag[0]).isTrue();
				assertThat(stats(context).connections()).isEmpty();
				assertThat(server.requests()).isOne();
			});
		}
	}

	private void stall(Exchange exchange, Stall stall) throws Exception {
		exchange.raw(stall.head());
		while (!this.stopped.await(20, TimeUnit.MILLISECONDS)) {
			exchange.raw(stall.drip());
		}
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
