package dev.tidepool.contract;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;

import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.measured.Callers;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Request;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For how long a connection is kept, and which one serves the next call.
 */
abstract class ReuseContract extends Contract {

	private static final Duration BOUND = Duration.ofSeconds(30);

	// An idle connection that aged out is closed, not watched
	private static final String NO_CANARIES = "tidepool.keep-alive.learn=false";

	private static final String LONG_TRUST = "tidepool.keep-alive.upstream-timeout=60s";

	ReuseContract(ContractSide side) {
		super(side);
	}

	@ParameterizedTest
	@FaultCase(value = { 6, 7 }, over = { Transport.PLAIN, Transport.TLS })
	@CsvSource({ "Keep-Alive: timeout=1, '', false", "'KEEP-alive: max=100, Timeout=1', '', false",
			"'', tidepool.keep-alive.upstream-timeout=1s, false",
			"Keep-Alive: timeout=1, tidepool.keep-alive.upstream-timeout=60s, true",
			"Keep-Alive: timeout=60, tidepool.keep-alive.upstream-timeout=1s, false" })
	void idleConnectionIsClosedFromHereBeforeTheUpstreamWould(String header, String property, boolean tls)
			throws Exception {
		AtomicLong answers = new AtomicLong();
		ScriptedServer server = serve(tls, (exchange) -> {
			answers.set(System.nanoTime());
			exchange.respond(200, "fine", header.isEmpty() ? new String[0] : new String[] { header });
		});
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			UpstreamStats stats = application.stats(server);
			eventually().until(() -> stats.closed(CloseReason.IDLE) == 1);
			assertThat(Duration.ofNanos(System.nanoTime() - answers.get())).isGreaterThan(Duration.ofMillis(500));
			assertThat(stats.connections()).isEmpty();
			eventually().until(() -> server.open() == 0);
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
		}, NO_CANARIES, property.isEmpty() ? NO_CANARIES : property);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void marginIsWhatIsLeftOfTheTimeoutOfTheUpstream() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			application.client().get(server.uri("/"));
			eventually().until(() -> application.stats(server).closed(CloseReason.IDLE) == 1);
		}, NO_CANARIES, "tidepool.keep-alive.upstream-timeout=1h", "tidepool.keep-alive.margin=3599500ms");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: close", "Connection: Close", "Connection: foo, close",
			"Keep-Alive: timeout=0", "Keep-Alive: timeout=-5" })
	void connectionThatTheUpstreamWillCloseIsNotReused(String header) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine", header));
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
			}
			eventually().until(() -> application.stats(server).connections().isEmpty());
			assertThat(application.stats(server).closed(CloseReason.ERROR)).isZero();
		});
		assertThat(server.accepted()).isEqualTo(3);
		assertThat(server.log()).extracting(Request::onConnection).containsOnly(1);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP/1.0 200 OK, 3", "'HTTP/1.0 200 OK\r\nConnection: keep-alive', 1", "HTTP/1.1 200 OK, 1" })
	void versionOfTheResponseSaysWhetherTheConnectionPersists(String head, int connections) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.raw(head + "\r\nContent-Length: 4\r\n\r\nfine"));
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
			}
		});
		assertThat(server.accepted()).isEqualTo(connections);
	}

	@Test
	@FaultCase(30)
	void bodyThatEndsWithTheConnectionIsReadWhole() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(100_000));
			exchange.close();
		});
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().post(server.uri("/"))).hasSize(100_000);
			}
			eventually().until(() -> application.stats(server).connections().isEmpty());
		});
		assertThat(server.requests()).isEqualTo(3);
	}

	@Test
	void connectionServesNoMoreRequestsThanConfigured() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			for (int i = 0; i < 20; i++) {
				assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
			}
			eventually().until(() -> application.stats(server).closed(CloseReason.REQUESTS) == 4);
		}, "tidepool.keep-alive.max-requests=5");
		assertThat(server.accepted()).isEqualTo(4);
	}

	@Test
	void connectionIsReplacedAtItsLifetime() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			application.client().get(server.uri("/"));
			eventually().until(() -> application.stats(server).closed(CloseReason.LIFETIME) == 1);
			eventually().until(() -> application.stats(server).connections().isEmpty());
			eventually().until(() -> server.open() == 0);
		}, "tidepool.pool.max-lifetime=300ms");
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 9, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void lifetimeThatPassesDuringACallEndsTheConnectionAfterIt(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.stall(Duration.ofMillis(700));
			exchange.respond(200, "fine");
		});
		run((application) -> {
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
			eventually().until(() -> application.stats(server).closed(CloseReason.LIFETIME) == 1);
		}, "tidepool.pool.max-lifetime=300ms");
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "lifo, 1", "fifo, 3" })
	void idleConnectionsAreReusedInTheConfiguredOrder(String order, int connections) throws Exception {
		ScriptedServer server = together(3);
		run((application) -> {
			openTogether(application, server, 3);
			for (int i = 0; i < 6; i++) {
				application.client().get(server.uri("/"));
			}
			List<Integer> used = server.log().stream().skip(3).map(Request::connection).distinct().toList();
			assertThat(used).hasSize(connections);
		}, "tidepool.pool.reuse-order=" + order, LONG_TRUST);
		assertThat(server.accepted()).isEqualTo(3);
	}

	@Test
	void idleConnectionsAreEvictedOnDemand() throws Exception {
		ScriptedServer server = together(3);
		ScriptedServer other = together(2);
		run((application) -> {
			openTogether(application, server, 3);
			openTogether(application, other, 2);
			assertThat(application.control().evictIdle("localhost:" + server.port())).isEqualTo(3);
			eventually().until(() -> server.open() == 0);
			eventually().until(() -> application.stats(server).closed(CloseReason.SHRINK) == 3);
			assertThat(other.open()).isEqualTo(2);
			assertThat(application.control().evictIdle()).isEqualTo(2);
			eventually().until(() -> other.open() == 0);
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
		}, LONG_TRUST);
		assertThat(server.accepted()).isEqualTo(4);
	}

	@Test
	void loweredLimitsEvictTheExcess() throws Exception {
		ScriptedServer server = together(4);
		run((application) -> {
			openTogether(application, server, 4);
			application.control().maxPerUpstream("localhost:" + server.port(), 3);
			eventually().until(() -> server.open() == 3);
			application.control().maxTotal(1);
			eventually().until(() -> server.open() == 1);
			eventually().until(() -> application.stats(server).closed(CloseReason.SHRINK) == 3);
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
		}, LONG_TRUST);
		assertThat(server.accepted()).isEqualTo(4);
	}

	@Test
	void idleConnectionOfAnotherUpstreamMakesRoom() throws Exception {
		ScriptedServer first = together(2);
		ScriptedServer second = together(2);
		run((application) -> {
			openTogether(application, first, 2);
			openTogether(application, second, 2);
			eventually().until(() -> first.open() == 0 && second.open() == 2);
			eventually().until(() -> application.stats(first).closed(CloseReason.SHRINK) == 2);
		}, LONG_TRUST, "tidepool.pool.max-total=2", "tidepool.pool.max-per-upstream=2");
	}

	@Test
	void connectionsOfEachClientAreThereBeforeTheFirstCallAndServeIt() throws Exception {
		ScriptedServer server = serveTls("first", (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			eventually().until(() -> application.stats(server).connections(State.IDLE) == 4);
			for (ClientKind kind : ClientKind.values()) {
				assertThat(application.stats(server).connections()).as(kind + " connections")
					.filteredOn((connection) -> connection.probe().kind() == kind)
					.hasSize(2);
			}
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
			}
			assertThat(server.accepted()).isEqualTo(4);
		}, "tidepool.upstreams.orders.base-url=" + server.url(), "tidepool.upstreams.orders.pool.min-idle=2",
				LONG_TRUST);
	}

	@Test
	@FaultCase(value = 59, over = Transport.TLS)
	void rotatedCertificatesAreUsedByClientsThatExist() throws Exception {
		ScriptedServer before = serveTls("first", (exchange) -> exchange.respond(200, "fine"));
		ScriptedServer after = serveTls("second", (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient existing = application.client();
			assertThat(existing.get(before.uri("/"))).isEqualTo("fine");
			rotate(application);
			eventually().until(() -> application.stats(before).closed(CloseReason.TLS_ROTATED) == 1);
			eventually().until(() -> before.open() == 0);
			assertThat(existing.get(after.uri("/"))).isEqualTo("fine");
			assertThat(application.client().get(after.uri("/"))).isEqualTo("fine");
			// Not trusted any more
			before.close();
		});
		assertThat(after.accepted()).isOne();
	}

	@Test
	@FaultCase(value = 59, over = Transport.TLS)
	void connectionInUseDuringARotationServesItsCallAndIsNotReused() throws Exception {
		ScriptedServer server = serveTls("first", (exchange) -> exchange.respond(200, "x".repeat(200_000)));
		run((application) -> {
			ContractExchange exchange = application.client().open(ContractRequest.get(server.uri("/")));
			assertThat(exchange.readSome()).isPositive();
			rotate(application);
			assertThat(exchange.readAll()).isEqualTo(200_000);
			exchange.close();
			eventually().until(() -> application.stats(server).closed(CloseReason.TLS_ROTATED) == 1);
			eventually().until(() -> server.open() == 0);
			// Not trusted any more
			server.close();
		});
		assertThat(server.requests()).isOne();
	}

	@Test
	@FaultCase(value = { 58, 59 }, over = Transport.TLS)
	void newCertificateIsRefusedUntilItIsTrusted() throws Exception {
		ScriptedServer server = serveTls("second", (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			assertThat(failureOf(application, server)).hasStackTraceContaining("PKIX");
			assertThat(server.requests()).isZero();
			rotate(application);
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
		});
	}

	private static Throwable failureOf(ContractApplication application, ScriptedServer server) {
		try {
			application.client().get(server.uri("/"));
			throw new AssertionError("Was trusted");
		}
		catch (ContractFailure ex) {
			return ex.getCause();
		}
	}

	private static void rotate(ContractApplication application) {
		application.context().getBean(DefaultSslBundleRegistry.class).updateBundle("own", TestTls.trusting("second"));
	}

	/**
	 * A server that answers its first requests when all of them are there.
	 */
	private ScriptedServer together(int first) throws Exception {
		CyclicBarrier all = new CyclicBarrier(first);
		return serve((exchange) -> {
			if (exchange.request().path().equals("/together")) {
				all.await(BOUND.toSeconds(), TimeUnit.SECONDS);
			}
			exchange.respond(200, "fine");
		});
	}

	private static void openTogether(ContractApplication application, ScriptedServer server, int connections)
			throws InterruptedException {
		ContractClient client = application.client();
		Callers.Outcome outcome = Callers.run(connections, connections, BOUND,
				(number) -> client.get(server.uri("/together")));
		assertThat(outcome.firstFailure()).isNull();
		assertThat(server.accepted()).isEqualTo(connections);
		eventually().until(() -> application.stats(server).connections(State.IDLE) == connections);
	}

}
