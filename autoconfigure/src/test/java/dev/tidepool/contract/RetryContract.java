package dev.tidepool.contract;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpMethod;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.testsupport.ClosedPort;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is sent again, and what never is, counted where it arrives.
 */
abstract class RetryContract extends Contract {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final String QUICK_BACKOFF = "tidepool.retry.backoff.initial=1ms";

	RetryContract(ContractSide side) {
		super(side);
	}

	static Stream<Arguments> losses() {
		return Stream.of(Loss.values())
			.flatMap((loss) -> Stream.of(Arguments.of(loss, false), Arguments.of(loss, true)));
	}

	@ParameterizedTest
	@FaultCase(value = 5, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void requestThatIsLostOnANewConnectionIsRepeatedIfItMayBe(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			if (exchange.attempt() == 1) {
				loss.lose(exchange);
			}
			else {
				exchange.respond(200, "fine", "Connection: close");
			}
		});
		run((application) -> arriveTwiceIfRepeatable(application, server), QUICK_BACKOFF);
	}

	@ParameterizedTest
	@FaultCase(value = { 2, 3, 4 }, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void requestThatIsLostOnAReusedConnectionIsRepeatedIfItMayBe(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			if (exchange.request().header("X-Id") != null && exchange.attempt() == 1) {
				loss.lose(exchange);
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			ContractClient client = application.client();
			for (Kind kind : Kind.values()) {
				client.get(server.uri("/"));
				arrivesTwiceIfRepeatable(client, server, kind);
			}
			assertThat(application.stats(server).closed(CloseReason.PEER_CLOSED_ON_REUSE)).isPositive();
		}, QUICK_BACKOFF);
	}

	@ParameterizedTest
	@FaultCase(value = 50, over = { Transport.PLAIN, Transport.TLS })
	@CsvSource({ "429, false", "502, false", "503, false", "504, false", "429, true", "503, true" })
	void requestThatIsAnsweredWithAStatusToRetryIsRepeatedIfItMayBe(int status, boolean tls) throws Exception {
		ScriptedServer server = serve(tls,
				(exchange) -> exchange.respond((exchange.attempt() == 1) ? status : 200, "answer"));
		run((application) -> {
			for (Kind kind : Kind.values()) {
				ContractResponse response = application.client().exchange(kind.request(server.uri("/")));
				assertThat(response.status()).as(kind.name()).isEqualTo(kind.isRepeatable() ? 200 : status);
				assertThat(server.requests(kind.name())).as(kind.name()).isEqualTo(kind.isRepeatable() ? 2 : 1);
			}
			assertThat(server.accepted()).isOne();
		}, QUICK_BACKOFF);
	}

	@Test
	void statusThatIsNotToBeRetriedIsHandedOver() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(500, "broken"));
		run((application) -> {
			ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/")));
			assertThat(response.status()).isEqualTo(500);
			assertThat(response.body()).isEqualTo("broken");
		});
		assertThat(server.requests()).isOne();
	}

	@Test
	void bodyInOnePieceIsSentAgainWhole() throws Exception {
		String content = "x".repeat(100_000);
		ScriptedServer server = serve((exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.close();
			}
			exchange.respond((exchange.attempt() == 2) ? 503 : 200, "answer");
		});
		run((application) -> {
			ContractRequest request = ContractRequest.put(server.uri("/")).body(content).id("put");
			assertThat(application.client().exchange(request).status()).isEqualTo(200);
		}, QUICK_BACKOFF);
		assertThat(server.log()).hasSize(3).allSatisfy((request) -> assertThat(request.body()).hasSize(100_000));
	}

	@ParameterizedTest
	@EnumSource
	void bodyThatIsStreamedIsNotSentAgainAfterALoss(Loss loss) throws Exception {
		ScriptedServer server = serve(loss::lose);
		run((application) -> {
			ContractRequest request = ContractRequest.put(server.uri("/")).parts(List.of("first", "second")).id("put");
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().exchange(request));
		}, QUICK_BACKOFF);
		assertThat(server.requests("put")).isOne();
	}

	@Test
	void bodyThatIsStreamedIsNotSentAgainAfterAStatus() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(503, "busy"));
		run((application) -> {
			ContractRequest request = ContractRequest.put(server.uri("/")).parts(List.of("first", "second")).id("put");
			assertThat(application.client().exchange(request).status()).isEqualTo(503);
		}, QUICK_BACKOFF);
		assertThat(server.log()).singleElement()
			.satisfies((request) -> assertThat(new String(request.body())).isEqualTo("firstsecond"));
	}

	@Test
	void lostPostSaysSo() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.close());
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().post(server.uri("/")))
			.havingCause()
			.isInstanceOf(NoHttpResponseException.class)
			.withMessageContainingAll("attempt 1 of POST to upstream " + server.url()));
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 5, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void attemptsAreBoundedAndTheLastIsTheOutcome(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = serve(tls, loss::lose);
		run((application) -> {
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().get(server.uri("/")))
				.havingCause()
				.isInstanceOf(IOException.class)
				.withMessageContainingAll("attempt 3 of GET to upstream " + server.url());
			assertThat(application.stats(server).retries(FailureCause.LOST, RetryOutcome.FAILURE)).isEqualTo(2);
			assertThat(application.stats(server).retries(FailureCause.LOST, RetryOutcome.NO_ATTEMPTS_LEFT)).isOne();
		}, QUICK_BACKOFF);
		assertThat(server.requests()).isEqualTo(3);
		assertThat(server.accepted()).isEqualTo(3);
	}

	@Test
	void nothingIsRepeatedWithRetriesSwitchedOff() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(503, "busy"));
		run((application) -> {
			for (Kind kind : Kind.values()) {
				assertThat(application.client().exchange(kind.request(server.uri("/"))).status()).isEqualTo(503);
			}
		}, "tidepool.retry.enabled=false");
		assertThat(server.mostRequestsOfOneId()).isOne();
	}

	@ParameterizedTest
	@FaultCase(12)
	@EnumSource(names = { "GET", "POST" })
	void refusedConnectIsRepeatedWhateverTheMethod(Kind kind) throws Exception {
		try (ClosedPort closed = new ClosedPort()) {
			URI uri = URI.create("http://localhost:" + closed.number());
			run((application) -> {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().exchange(kind.request(uri)))
					.havingCause()
					.isInstanceOf(ConnectException.class)
					.withMessageContaining("attempt 3 of %s to upstream %s", kind, uri);
				assertThat(application.stats(closed.number()).retries(FailureCause.CONNECT, RetryOutcome.FAILURE))
					.isEqualTo(2);
			}, QUICK_BACKOFF);
		}
	}

	@Test
	@FaultCase(15)
	void unknownHostSaysSo() {
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().get(URI.create("http://nosuch.invalid/")))
			.havingCause()
			.isInstanceOf(UnknownHostException.class)
			.withMessageContainingAll("Unknown host in attempt 3 of GET", "nosuch.invalid"), QUICK_BACKOFF);
	}

	@ParameterizedTest
	@EnumSource
	void noRequestArrivesMoreThanTwiceWhenAllIdleConnectionsAreDead(Loss loss) throws Exception {
		int idle = 20;
		AtomicBoolean dead = new AtomicBoolean();
		CountDownLatch allOpen = new CountDownLatch(idle);
		ScriptedServer server = serve((exchange) -> {
			if (!dead.get()) {
				allOpen.countDown();
				allOpen.await(BOUND.toSeconds(), TimeUnit.SECONDS);
			}
			else if (exchange.request().connection() <= idle) {
				loss.lose(exchange);
				return;
			}
			exchange.respond(200, "fine");
		});
		Kind[] kinds = { Kind.GET, Kind.PUT, Kind.DELETE, Kind.POST_WITH_KEY };
		run((application) -> {
			ContractClient client = application.client();
			Callers.run(idle, idle, BOUND, (number) -> client.get(server.uri("/")));
			assertThat(server.accepted()).isEqualTo(idle);
			dead.set(true);
			Outcome outcome = Callers.run(idle, idle, BOUND, (number) -> client
				.exchange(kinds[number % kinds.length].request(server.uri("/")).id("call-" + number)));
			assertThat(outcome.firstFailure()).isNull();
			assertThat(server.mostRequestsOfOneId()).isEqualTo(2);
		});
	}

	@Test
	@FaultCase(51)
	void responseWithFarRetryAfterIsHandedOverAtOnce() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(503, "later", "Retry-After: 120"));
		run((application) -> {
			long start = System.nanoTime();
			ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/")));
			assertThat(response.status()).isEqualTo(503);
			assertThat(response.headers().getFirst("Retry-After")).isEqualTo("120");
			assertThat(response.body()).isEqualTo("later");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
		});
		assertThat(server.requests()).isOne();
	}

	@Test
	@FaultCase(51)
	void nearRetryAfterIsWaitedFor() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.respond(503, "later", "Retry-After: 1");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			long start = System.nanoTime();
			assertThat(application.client().exchange(Kind.GET.request(server.uri("/"))).body()).isEqualTo("fine");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(950), WIDE);
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isOne();
	}

	@Test
	@FaultCase(52)
	void budgetBoundsTheRequestsThatAnUpstreamInTroubleGets() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(503, "no")).withoutLog();
		run((application) -> {
			ContractClient client = application.client();
			Outcome outcome = Callers.run(32, 1000, BOUND,
					(number) -> client.status(ContractRequest.get(server.uri("/"))));
			assertThat(outcome.firstFailure()).isNull();
			// A fifth of the calls, and the bucket of 10 that is full at start
			assertThat(server.requests()).isGreaterThan(1000).isLessThanOrEqualTo(1000 + 200 + 10);
			assertThat(application.stats(server).retries(FailureCause.STATUS, RetryOutcome.NO_BUDGET_LEFT))
				.isPositive();
		}, "tidepool.retry.budget.ratio=0.2", "tidepool.retry.budget.min-per-second=0", QUICK_BACKOFF);
	}

	@Test
	@FaultCase(54)
	void callerThatGoesAwayInAPauseSendsNothingMore() throws Exception {
		CountDownLatch answered = new CountDownLatch(1);
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(503, "later", "Retry-After: 60");
			answered.countDown();
		});
		run((application) -> {
			ContractCall call = application.client().start(ContractRequest.get(server.uri("/")));
			assertThat(answered.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
			call.cancel();
			application.isAtRest();
			// Whoever comes next is served by the same connection, or by a new one
			assertThat(application.client().status(ContractRequest.of(HttpMethod.POST, server.uri("/"))))
				.isEqualTo(503);
			assertThat(server.requests()).isEqualTo(2);
		}, "tidepool.retry.retry-after-max=2m");
	}

	private static void arriveTwiceIfRepeatable(ContractApplication application, ScriptedServer server) {
		for (Kind kind : Kind.values()) {
			arrivesTwiceIfRepeatable(application.client(), server, kind);
		}
	}

	private static void arrivesTwiceIfRepeatable(ContractClient client, ScriptedServer server, Kind kind) {
		ContractRequest request = kind.request(server.uri("/"));
		if (kind.isRepeatable()) {
			assertThat(client.exchange(request).status()).as(kind.name()).isEqualTo(200);
		}
		else {
			assertThatExceptionOfType(ContractFailure.class).as(kind.name())
				.isThrownBy(() -> client.exchange(request))
				.havingCause()
				.withMessageContaining("attempt 1 of ");
		}
		assertThat(server.requests(kind.name())).as(kind.name()).isEqualTo(kind.isRepeatable() ? 2 : 1);
	}

}
