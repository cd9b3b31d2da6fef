package dev.tidepool.connections;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection that the peer closed is never handed to a caller (FAULTS 1, 2, 3, 11).
 */
class DeadConnectionTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own");

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void sweepNoticesThatThePeerClosedAnIdleConnection(boolean tls) throws Exception {
		try (ScriptedServer server = server(tls, (exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				call(context, server, HttpMethod.GET);
				UpstreamStats stats = stats(context);
				assertThat(stats.connections(State.IDLE)).isOne();
				server.closeConnections();
				Awaitility.await().until(() -> stats.closed(CloseReason.PEER_CLOSED_IDLE) == 1);
				assertThat(stats.connections()).isEmpty();
				call(context, server, HttpMethod.POST);
				assertThat(server.requests()).isEqualTo(2);
				assertThat(server.accepted()).isEqualTo(2);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void postMeetsNoConnectionThatThePeerHasClosed(boolean tls) throws Exception {
		try (ScriptedServer server = server(tls, (exchange) -> {
			exchange.respond(200, "fine");
			if (exchange.request().path().equals("/last")) {
				exchange.close();
			}
		})) {
			this.contextRunner.run((context) -> {
				for (int i = 0; i < 20; i++) {
					context.getBean(RestClient.class).get().uri(server.url() + "/last").retrieve().toBodilessEntity();
					Awaitility.await().pollDelay(Duration.ZERO).until(() -> server.open() == 0);
					call(context, server, HttpMethod.POST);
				}
			});
			assertThat(server.requests()).isEqualTo(40);
		}
	}

	@Test
	void postGoesToANewConnectionWithRetriesSwitchedOff() throws Exception {
		try (ScriptedServer server = server(false, (exchange) -> {
			exchange.respond(200, "fine");
			exchange.close();
		})) {
			this.contextRunner.withPropertyValues("tidepool.retry.enabled=false").run((context) -> {
				for (int i = 0; i < 20; i++) {
					call(context, server, HttpMethod.POST);
					int calls = i + 1;
					Awaitility.await()
						.pollDelay(Duration.ZERO)
						.until(() -> server.open() == 0 && server.accepted() == calls);
				}
			});
			assertThat(server.requests()).isEqualTo(20);
		}
	}

	@Test
	void lostIdempotentRequestGoesToANewConnectionThoughOthersAreIdle() throws Exception {
		int connections = 8;
		CountDownLatch all = new CountDownLatch(connections);
		try (ScriptedServer server = server(false, (exchange) -> {
			if (exchange.request().path().equals("/together")) {
				all.countDown();
				all.await();
				exchange.respond(200, "fine");
			}
			else if (exchange.request().onConnection() > 1) {
				// Every connection of before is lost to whoever reuses it
				exchange.close();
			}
			else {
				exchange.respond(200, "fine");
			}
		})) {
			this.contextRunner.run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				ExecutorService callers = Executors.newFixedThreadPool(connections);
				List<Future<?>> calls = new ArrayList<>();
				for (int i = 0; i < connections; i++) {
					calls.add(callers
						.submit(() -> client.get().uri(server.url() + "/together").retrieve().toBodilessEntity()));
				}
				for (Future<?> call : calls) {
					call.get();
				}
				callers.shutdown();
				client.get().uri(server.url()).header("X-Id", "once").retrieve().toBodilessEntity();
				assertThat(server.requests("once")).isEqualTo(2);
				assertThat(stats(context).closed(CloseReason.PEER_CLOSED_ON_REUSE)).isOne();
			});
		}
	}

	@Test
	void connectionIsReplacedAtItsLifetimeAndNeverDuringACall() throws Exception {
		try (ScriptedServer server = server(false, (exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues("tidepool.pool.max-lifetime=300ms").run((context) -> {
				call(context, server, HttpMethod.GET);
				UpstreamStats stats = stats(context);
				Awaitility.await().until(() -> stats.closed(CloseReason.LIFETIME) == 1);
				assertThat(stats.connections()).isEmpty();
				Awaitility.await().until(() -> server.open() == 0);
			});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void connectionServesNoMoreRequestsThanConfigured() throws Exception {
		try (ScriptedServer server = server(false, (exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues("tidepool.keep-alive.max-requests=5").run((context) -> {
				for (int i = 0; i < 20; i++) {
					call(context, server, HttpMethod.POST);
				}
				assertThat(stats(context).closed(CloseReason.REQUESTS)).isEqualTo(4);
			});
			assertThat(server.accepted()).isEqualTo(4);
		}
	}

	private static ScriptedServer server(boolean tls, ScriptedServer.Script script) throws Exception {
		return tls ? ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO, script)
				: ScriptedServer.start(script);
	}

	private static void call(ApplicationContext context, ScriptedServer server, HttpMethod method) {
		assertThat(context.getBean(RestClient.class).method(method).uri(server.url()).retrieve().body(String.class))
			.isEqualTo("fine");
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
