package dev.tidepool.contract;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A body that nobody wants is read on while that is cheap, and costs its connection else;
 * never does it cost its caller time.
 */
abstract class DrainContract extends Contract {

	private static final String SHORT_DRAIN = "tidepool.response.drain-max-time=50ms";

	private final CountDownLatch stopped = new CountDownLatch(1);

	DrainContract(ContractSide side) {
		super(side);
	}

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 1024, 64 * 1024 })
	void statusOnlyCallsOnSmallBodiesShareOneConnection(int size) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "x".repeat(size)));
		run((application) -> {
			ContractClient client = application.client();
			for (int i = 0; i < 50; i++) {
				assertThat(client.status(ContractRequest.get(server.uri("/")))).isEqualTo(200);
			}
		});
		assertThat(server.requests()).isEqualTo(50);
		assertThat(server.accepted()).isOne();
	}

	static Stream<String> endlessBodies() {
		return Stream.of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1\r\nx\r\n",
				"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n|x",
				"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n|", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n|x");
	}

	@ParameterizedTest
	@FaultCase(53)
	@MethodSource("endlessBodies")
	void bodyThatDripsOrStallsIsGivenUp(String body) throws Exception {
		bodyThatDripsOrStallsIsGivenUp(body, false);
	}

	@ParameterizedTest
	@FaultCase(value = 53, over = Transport.TLS)
	@MethodSource("endlessBodies")
	void bodyThatDripsOrStallsIsGivenUpOnTls(String body) throws Exception {
		bodyThatDripsOrStallsIsGivenUp(body, true);
	}

	private void bodyThatDripsOrStallsIsGivenUp(String body, boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> drip(exchange, body));
		run((application) -> {
			long start = System.nanoTime();
			assertThat(application.client().status(ContractRequest.get(server.uri("/")))).isEqualTo(200);
			application.client().open(ContractRequest.get(server.uri("/"))).close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
			application.isAtRest();
			UpstreamStats stats = application.stats(server);
			assertThat(stats.connections(State.IDLE)).isZero();
			eventually().until(() -> stats.drains(DrainOutcome.GIVEN_UP) == 2);
			assertThat(server.accepted()).isEqualTo(2);
		}, SHORT_DRAIN);
	}

	@Test
	void largeBodyIsGivenUpWithoutReading() throws Exception {
		long size = 16 * 1024 * 1024;
		CountDownLatch failed = new CountDownLatch(1);
		ScriptedServer server = serve((exchange) -> {
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
		});
		run((application) -> {
			assertThat(application.client().status(ContractRequest.get(server.uri("/")))).isEqualTo(200);
			eventually().until(() -> application.stats(server).closed(CloseReason.UNREAD_RESPONSE) == 1);
			assertThat(failed.await(WIDE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		});
	}

	@Test
	@FaultCase(53)
	void repeatAndRedirectDiscardThroughTheSameGate() throws Exception {
		String unread = "Content-Length: 1000000\r\n\r\nx";
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/end")) {
				exchange.respond(200, "fine");
				return;
			}
			exchange
				.raw(((exchange.attempt() == 1) ? "HTTP/1.1 503 Busy\r\n" : "HTTP/1.1 302 Found\r\nLocation: /end\r\n")
						+ unread);
			this.stopped.await();
		});
		run((application) -> {
			long start = System.nanoTime();
			ContractRequest request = ContractRequest.get(server.uri("/")).id("one");
			assertThat(application.client().exchange(request).body()).isEqualTo("fine");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
			assertThat(server.accepted()).isEqualTo(3);
		});
		assertThat(server.requests("one")).isEqualTo(3);
	}

	@Test
	void smallBodiesOfRepeatAndRedirectKeepTheConnection() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			switch (exchange.attempt()) {
				case 1 -> exchange.respond(503, "x".repeat(10_000), "Retry-After: 0");
				case 2 -> exchange.respond(302, "x".repeat(10_000), "Location: /end");
				default -> exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/")).id("one");
			assertThat(application.client().exchange(request).body()).isEqualTo("fine");
		});
		assertThat(server.requests("one")).isEqualTo(3);
		assertThat(server.accepted()).isOne();
	}

	private void drip(Exchange exchange, String body) throws Exception {
		String[] headAndDrip = body.split("\\|", 2);
		exchange.raw(headAndDrip[0]);
		while (!this.stopped.await(20, TimeUnit.MILLISECONDS)) {
			exchange.raw(headAndDrip[1]);
		}
	}

}
