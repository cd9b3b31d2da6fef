package dev.tidepool.contract;

import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The end of an application context: no new calls, those in flight end in time or are
 * cancelled, and nothing is left.
 */
abstract class ShutdownContract extends Contract {

	private static final String REFUSED = "No call is made to upstream";

	private static final String CANCELLED = "the connection pool was closed, because its application context is";

	// The common pool has one thread on two cores
	private static final Executor THREAD_EACH = (task) -> new Thread(task).start();

	private final CountDownLatch answer = new CountDownLatch(1);

	ShutdownContract(ContractSide side) {
		super(side);
	}

	@AfterEach
	void answer() {
		this.answer.countDown();
	}

	@Test
	@FaultCase(62)
	void callInFlightEndsWithItsRedirectsWhileALateOneIsNotSent() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/end")) {
				exchange.respond(200, "fine");
				return;
			}
			this.answer.await();
			exchange.respond(302, "", "Location: /end");
		});
		run((application) -> {
			ContractClient client = application.client();
			ContractCall inFlight = client.start(ContractRequest.get(server.uri("/")));
			eventually().until(() -> server.requests() == 1);
			CompletableFuture<Void> closed = close(application);
			assertThatFails(() -> client.post(server.uri("/")), REFUSED);
			assertThat(inFlight.isDone()).isFalse();
			assertThat(closed).isNotDone();
			this.answer.countDown();
			assertThat(inFlight.get().body()).isEqualTo("fine");
			closed.get(WIDE.toSeconds(), TimeUnit.SECONDS);
			assertThatFails(() -> client.get(server.uri("/")), REFUSED);
			assertThatAllIsClosed(server);
		});
		assertThat(server.requests()).isEqualTo(2);
	}

	@ParameterizedTest
	@FaultCase(value = 62, over = { Transport.PLAIN, Transport.TLS })
	@CsvSource({ "'', false", "'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n', false",
			"'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart', false", "'', true",
			"'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart', true" })
	void callThatStallsIsCancelledWhenTheTimeIsOver(String sent, boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.raw(sent);
			this.answer.await();
		});
		run((runner) -> runner.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class)),
				(application) -> {
					ContractCall inFlight = application.client().start(ContractRequest.get(server.uri("/")));
					eventually().until(() -> server.requests() == 1);
					close(application).get(WIDE.toSeconds(), TimeUnit.SECONDS);
					assertThatFails(inFlight::get, CANCELLED);
					assertThatAllIsClosed(server);
				}, "spring.lifecycle.timeout-per-shutdown-phase=500ms", "tidepool.timeout.response=10m",
				"tidepool.timeout.read=10m");
	}

	@Test
	@FaultCase(62)
	void pendingCallersFailAtOnce() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			this.answer.await();
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractClient client = application.client();
			ContractCall inFlight = client.start(ContractRequest.get(server.uri("/")));
			eventually().until(() -> server.requests() == 1);
			List<ContractCall> pending = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				pending.add(client.start(ContractRequest.get(server.uri("/"))));
			}
			eventually().until(() -> application.stats(server).pending() == pending.size());
			CompletableFuture<Void> closed = close(application);
			pending.forEach((call) -> assertThatFails(call::get, REFUSED));
			assertThat(inFlight.isDone()).isFalse();
			this.answer.countDown();
			assertThat(inFlight.get().body()).isEqualTo("fine");
			closed.get(WIDE.toSeconds(), TimeUnit.SECONDS);
			assertThatAllIsClosed(server);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.requests()).isOne();
	}

	@Test
	void callThatPausesBeforeAnotherAttemptFailsAtOnce() throws Exception {
		CountDownLatch answered = new CountDownLatch(1);
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(503, "busy", "Retry-After: 3600");
			answered.countDown();
		});
		run((application) -> {
			ContractCall inFlight = application.client().start(ContractRequest.get(server.uri("/")));
			answered.await();
			// In its pause it holds nothing
			application.isAtRest();
			assertThat(inFlight.isDone()).isFalse();
			close(application).get(WIDE.toSeconds(), TimeUnit.SECONDS);
			assertThatFails(inFlight::get, REFUSED);
			assertThatAllIsClosed(server);
		}, "tidepool.retry.retry-after-max=2h");
		assertThat(server.requests()).isOne();
	}

	@Test
	@FaultCase(62)
	void closingAgainIsHarmless() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			assertThat(client.get(server.uri("/"))).isEqualTo("fine");
			application.context().close();
			application.context().close();
			assertThatFails(() -> client.get(server.uri("/")), REFUSED);
			assertThatAllIsClosed(server);
		});
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void contextThatWasStoppedOrPausedCallsAgainOnceItIsStarted(boolean pause) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			for (int i = 1; i <= 3; i++) {
				assertThat(client.get(server.uri("/"))).isEqualTo("fine");
				assertThat(server.requests()).isEqualTo(i);
				// On a thread of its own, as the one that stops a context may go on to
				// call
				CompletableFuture<Void> stopped = CompletableFuture
					.runAsync(pause ? application.context()::pause : application.context()::stop, THREAD_EACH);
				stopped.get(WIDE.toSeconds(), TimeUnit.SECONDS);
				assertThatFails(() -> client.get(server.uri("/")), REFUSED);
				assertThatAllIsClosed(server);
				if (pause) {
					application.context().restart();
				}
				else {
					application.context().start();
				}
			}
			assertThat(client.get(server.uri("/"))).isEqualTo("fine");
		});
		assertThat(server.requests()).isEqualTo(4);
	}

	private static CompletableFuture<Void> close(ContractApplication application) {
		CompletableFuture<Void> closed = CompletableFuture.runAsync(application.context()::close, THREAD_EACH);
		eventually().until(application.upstreams().shutdown()::isBegun);
		return closed;
	}

	private static void assertThatFails(Runnable call, String message) {
		assertThatExceptionOfType(ContractFailure.class).isThrownBy(call::run)
			.havingCause()
			.isInstanceOf(SocketException.class)
			.withMessageContaining(message);
	}

	private static void assertThatAllIsClosed(ScriptedServer server) {
		eventually().until(() -> Sockets.heldByClients(server.port()) == 0);
	}

}
