package dev.tidepool.bounds;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A body that nobody reads to its end is read on while that is cheap, and costs its
 * connection else; never does it cost its caller time (FAULTS 53).
 */
class DrainTests {

	private static final Duration WIDE = Duration.ofSeconds(10);

	private final CountDownLatch stopped = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 1024, 64 * 1024 })
	void statusOnlyCallsOnSmallBodiesShareOneConnection(int size) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "x".repeat(size)))) {
			TestRunners.application().withPropertyValues("tidepool.response.drain-max-time=5s").run((context) -> {
				for (int i = 0; i < 50; i++) {
					assertThat(status(context, server)).isEqualTo(200);
				}
			});
			assertThat(server.requests()).isEqualTo(50);
			assertThat(server.accepted()).isOne();
		}
	}

	@Test
	void bodyOfKnownLengthThatWasReadNeedsNoDrain() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().withPropertyValues("tidepool.response.drain-max-size=0").run((context) -> {
				for (int i = 0; i < 5; i++) {
					byte[] body = context.getBean(RestClient.class)
						.get()
						.uri(server.url())
						.exchange((request, response) -> response.getBody().readNBytes(4));
					assertThat(body).hasSize(4);
				}
			});
			assertThat(server.accepted()).isOne();
		}
	}

	static Stream<String> endlessBodies() {
		return Stream.of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\nx\r\n",
				"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n|x",
				"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n|", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n|x");
	}

	@ParameterizedTest
	@MethodSource("endlessBodies")
	void bodyThatDripsOrStallsIsGivenUpOnPlainConnections(String body) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> drip(exchange, body))) {
			givenUp(server);
		}
	}

	@ParameterizedTest
	@MethodSource("endlessBodies")
	void bodyThatDripsOrStallsIsGivenUpOnTls(String body) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> drip(exchange, body))) {
			givenUp(server);
		}
	}

	private void givenUp(ScriptedServer server) {
		TestRunners.application()
			.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own")
			.run((context) -> {
				long start = System.nanoTime();
				assertThat(status(context, server)).isEqualTo(200);
				Integer ofTemplate = context.getBean(RestTemplateBuilder.class)
					.build()
					.execute(server.url(), HttpMethod.GET, null, (response) -> response.getStatusCode().value());
				assertThat(ofTemplate).isEqualTo(200);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
				UpstreamStats stats = stats(context);
				assertThat(stats.connections(State.ACTIVE)).isZero();
				assertThat(stats.connections(State.IDLE)).isZero();
				assertThat(server.accepted()).isEqualTo(2);
			});
	}

	@Test
	void largeBodyIsGivenUpWithoutReading() throws Exception {
		long size = 16 * 1024 * 1024;
		CountDownLatch failed = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
			try {
				byte[] part = new byte[64 * 1024];
				for (long sent = 0; sent < size; sent += part.length) {
					exchange.raw(part);
				}
			}
			catch (Exception ex) {
				failed.countDown();
				throw ex;
			}
		})) {
			TestRunners.application().run((context) -> {
				assertThat(status(context, server)).isEqualTo(200);
				assertThat(stats(context).closed(CloseReason.UNREAD_RESPONSE)).isOne();
				assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
			});
		}
	}

	@Test
	void repeatAndRedirectDiscardThroughTheSameGate() throws Exception {
		String unread = "Content-Length: 1000000\r\n\r\nx";
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/end")) {
				exchange.respond(200, "fine");
			}
			else if (exchange.attempt() == 1) {
				exchange.raw("HTTP/1.1 503 Busy\r\n" + unread);
				this.stopped.await();
			}
			else {
				exchange.raw("HTTP/1.1 302 Found\r\nLocation: /end\r\n" + unread);
				this.stopped.await();
			}
		})) {
			TestRunners.application().run((context) -> {
				long start = System.nanoTime();
				assertThat(context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.header("X-Id", "one")
					.retrieve()
					.body(String.class)).isEqualTo("fine");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
				assertThat(server.accepted()).isEqualTo(3);
				Awaitility.await().until(() -> stats(context).connections(State.ACTIVE) == 0);
			});
		}
	}

	private void drip(Exchange exchange, String body) throws Exception {
		String[] headAndDrip = body.split("\\|", 2);
		exchange.raw(headAndDrip[0]);
		while (!this.stopped.await(20, TimeUnit.MILLISECONDS)) {
			exchange.raw(headAndDrip[1]);
		}
	}

	private static int status(ApplicationContext context, ScriptedServer server) {
		Integer status = context.getBean(RestClient.class)
			.get()
			.uri(server.url())
			.exchange((request, response) -> response.getStatusCode().value());
		return (status != null) ? status : 0;
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
