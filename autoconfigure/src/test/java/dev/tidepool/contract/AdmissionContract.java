package dev.tidepool.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.PoolExhaustedException;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who gets a connection, who waits, and who is refused.
 */
abstract class AdmissionContract extends Contract {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

	private final CountDownLatch answer = new CountDownLatch(1);

	AdmissionContract(ContractSide side) {
		super(side);
	}

	private ScriptedServer answeringOnCommand() throws Exception {
		return serve((exchange) -> {
			if (!exchange.request().path().equals("/fast")) {
				this.answer.await();
			}
			exchange.respond(200, "fine");
		});
	}

	private static List<ContractCall> start(ContractApplication application, ScriptedServer server, int calls) {
		ContractClient client = application.client();
		List<ContractCall> started = new ArrayList<>();
		for (int i = 0; i < calls; i++) {
			started.add(client.start(ContractRequest.get(server.uri("/")).id("call-" + i)));
		}
		return started;
	}

	private void answerAll(List<ContractCall> calls) {
		this.answer.countDown();
		assertThat(calls).allSatisfy((call) -> assertThat(call.get().body()).isEqualTo("fine"));
	}

	@Test
	void callerThatGetsNoConnectionInTimeFailsWithTheNumbers() throws Exception {
		ScriptedServer server = answeringOnCommand();
		run((application) -> {
			List<ContractCall> holders = start(application, server, 5);
			eventually().until(() -> server.requests() == 5);
			long start = System.nanoTime();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().post(server.uri("/")))
				.havingCause()
				.isInstanceOfSatisfying(PoolExhaustedException.class, (exhausted) -> {
					assertThat(exhausted.getUpstream()).isEqualTo("localhost:" + server.port());
					assertThat(exhausted.getActive()).isEqualTo(5);
					assertThat(exhausted.getIdle()).isZero();
					assertThat(exhausted.getMax()).isEqualTo(5);
					assertThat(exhausted.getElapsed()).isBetween(Duration.ofSeconds(1), WIDE);
					assertThat(exhausted).hasMessageContaining("tidepool.pool.max-per-upstream");
				});
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofSeconds(1), WIDE);
			assertThat(application.stats(server).refusals(Admission.EXPIRED)).isOne();
			answerAll(holders);
			assertThat(server.requests()).isEqualTo(5);
			assertThat(application.client().get(server.uri("/fast"))).isEqualTo("fine");
		}, "tidepool.pool.max-per-upstream=5", "tidepool.pool.acquire-timeout=1s");
		assertThat(server.accepted()).isEqualTo(5);
	}

	@Test
	void callerTooManyIsRefusedAtOnce() throws Exception {
		ScriptedServer server = answeringOnCommand();
		run((application) -> {
			List<ContractCall> calls = start(application, server, 3);
			eventually().until(() -> server.requests() == 1 && application.stats(server).pending() == 2);
			long start = System.nanoTime();
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().get(server.uri("/")))
				.havingCause()
				.isInstanceOfSatisfying(PoolExhaustedException.class, (exhausted) -> {
					assertThat(exhausted.getPending()).isEqualTo(2);
					assertThat(exhausted).hasMessageContaining("tidepool.pool.max-pending");
				});
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
			assertThat(application.stats(server).refusals(Admission.REFUSED)).isOne();
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.max-pending=2", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.requests()).isEqualTo(3);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void pendingCallersAreServedInTheirOrder() throws Exception {
		ScriptedServer server = answeringOnCommand();
		run((application) -> {
			ContractClient client = application.client();
			List<ContractCall> calls = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				calls.add(client.start(ContractRequest.get(server.uri("/" + i))));
				int pending = i;
				eventually().until(() -> server.requests() == 1 && application.stats(server).pending() == pending);
			}
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.log()).extracting(ScriptedServer.Request::path)
			.containsExactly("/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9");
		assertThat(server.accepted()).isOne();
	}

	@Test
	@FaultCase(61)
	void pendingCallerThatGoesAwayLeavesAtOnceAndSendsNothing() throws Exception {
		ScriptedServer server = answeringOnCommand();
		run((application) -> {
			List<ContractCall> calls = start(application, server, 1);
			eventually().until(() -> server.requests() == 1);
			ContractCall pending = application.client().start(ContractRequest.post(server.uri("/")).id("gone"));
			eventually().until(() -> application.stats(server).pending() == 1);
			pending.cancel();
			eventually().until(() -> application.stats(server).pending() == 0);
			assertThat(application.upstreams().gate().active()).isOne();
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.requests("gone")).isZero();
	}

	/**
	 * Where an answer stops when its caller goes away.
	 */
	enum Progress {

		BEFORE_THE_HEAD(""), IN_THE_HEAD("HTTP/1.1 200 OK\r\nContent-"), AFTER_THE_HEAD(HEAD),
		IN_THE_BODY(HEAD + "x".repeat(1000));

		private final String sent;

		Progress(String sent) {
			this.sent = sent;
		}

	}

	@ParameterizedTest
	@EnumSource
	void callerThatGoesAwayFreesItsSlotAtOnce(Progress progress) throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/fast")) {
				exchange.respond(200, "fine");
				return;
			}
			exchange.raw(progress.sent);
			sent.countDown();
			this.answer.await();
		});
		run((application) -> {
			ContractCall call = application.client().start(ContractRequest.get(server.uri("/")));
			sent.await();
			call.cancel();
			application.isAtRest();
			assertThat(application.client().get(server.uri("/fast"))).isEqualTo("fine");
			assertThat(server.requests()).isEqualTo(2);
			assertThat(server.accepted()).isEqualTo(2);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		this.answer.countDown();
	}

	@Test
	void callersOfOtherUpstreamsPassASaturatedOne() throws Exception {
		ScriptedServer saturated = answeringOnCommand();
		ScriptedServer other = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			List<ContractCall> calls = start(application, saturated, 20);
			eventually().until(() -> saturated.requests() == 2 && application.stats(saturated).pending() == 18);
			for (int i = 0; i < 20; i++) {
				assertThat(application.client().get(other.uri("/"))).isEqualTo("fine");
			}
			assertThat(saturated.requests()).isEqualTo(2);
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=2", "tidepool.pool.acquire-timeout=10m");
		assertThat(saturated.accepted()).isEqualTo(2);
		assertThat(saturated.requests()).isEqualTo(20);
		assertThat(other.accepted()).isOne();
	}

	@Test
	void totalBoundsAllUpstreamsTogether() throws Exception {
		ScriptedServer first = answeringOnCommand();
		ScriptedServer second = answeringOnCommand();
		run((application) -> {
			List<ContractCall> calls = start(application, first, 2);
			calls.addAll(start(application, second, 2));
			eventually().until(() -> first.requests() + second.requests() == 3);
			eventually()
				.until(() -> application.upstreams().stats().stream().mapToLong((stats) -> stats.pending()).sum() == 1);
			assertThat(application.upstreams().gate().active()).isEqualTo(3);
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=3", "tidepool.pool.max-total=3", "tidepool.pool.acquire-timeout=10m");
		assertThat(first.requests() + second.requests()).isEqualTo(4);
	}

	@Test
	void raisedLimitLetsPendingCallersPass() throws Exception {
		ScriptedServer server = answeringOnCommand();
		run((application) -> {
			List<ContractCall> calls = start(application, server, 3);
			eventually().until(() -> server.requests() == 1 && application.stats(server).pending() == 2);
			application.control().maxPerUpstream("localhost:" + server.port(), 3);
			eventually().until(() -> server.requests() == 3);
			assertThat(application.stats(server).pending()).isZero();
			answerAll(calls);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.accepted()).isEqualTo(3);
	}

	@Test
	@FaultCase(60)
	void unclosedResponsesFillThePoolUntilTheyAreCollected() throws Exception {
		int max = 5;
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/fast")) {
				exchange.respond(200, "fine");
				return;
			}
			exchange.raw(HEAD + "start");
			this.answer.await();
		});
		run((application) -> {
			ContractClient client = application.client();
			List<ContractExchange> unclosed = new ArrayList<>();
			for (int i = 0; i < max; i++) {
				unclosed.add(client.open(ContractRequest.get(server.uri("/unclosed"))));
			}
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> client.get(server.uri("/fast")))
				.havingCause()
				.isInstanceOfSatisfying(PoolExhaustedException.class, (exhausted) -> {
					assertThat(exhausted.getActive()).isEqualTo(max);
					assertThat(exhausted.getMax()).isEqualTo(max);
				});
			System.gc();
			assertThat(unclosed).extracting(ContractExchange::status).containsOnly(200);
			assertThat(application.stats(server).closed(CloseReason.LEAK)).isZero();
			unclosed.clear();
			eventually().pollInterval(Duration.ofMillis(100)).until(() -> {
				System.gc();
				return application.stats(server).closed(CloseReason.LEAK) == max;
			});
			application.isAtRest();
			assertThat(client.get(server.uri("/fast"))).isEqualTo("fine");
		}, "tidepool.pool.max-per-upstream=" + max, "tidepool.pool.acquire-timeout=300ms", "tidepool.timeout.read=10m");
		this.answer.countDown();
	}

	@Test
	void closedResponseFreesItsSlotAtOnce() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw(HEAD + "start");
			this.answer.await();
		});
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				ContractExchange exchange = application.client().open(ContractRequest.get(server.uri("/")));
				assertThat(exchange.readSome()).isEqualTo(5);
				exchange.close();
			}
			application.isAtRest();
			eventually().until(() -> application.stats(server).closed(CloseReason.UNREAD_RESPONSE) == 3);
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10s");
		assertThat(server.requests()).isEqualTo(3);
		this.answer.countDown();
	}

}
