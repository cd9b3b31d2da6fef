package dev.tidepool.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.http.client.InetAddressFilter;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Upstream;
import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What takes many calls, or seconds, to show: connections under load, and what is learned
 * of an upstream.
 */
abstract class LoadContract extends Contract {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final int RESTARTS = 5;

	private static final int LANES = 24;

	// The common pool has one thread on two cores
	private static final Executor THREAD_EACH = (task) -> new Thread(task).start();

	LoadContract(ContractSide side) {
		super(side);
	}

	@Test
	void manyCallersOpenAConnectionEachAndCloseNone() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.stall(Duration.ofMillis(50));
			exchange.respond(200, "fine");
		}).withoutLog();
		run((application) -> {
			int timeWait = Sockets.timeWait(server.port());
			ContractClient client = application.client();
			Outcome outcome = Callers.run(64, 2000, BOUND, (number) -> client.get(server.uri("/")));
			assertThat(outcome.firstFailure()).isNull();
			assertThat(outcome.calls()).isEqualTo(2000);
			assertThat(server.accepted()).isLessThanOrEqualTo(64);
			assertThat(server.open()).isEqualTo(server.accepted());
			assertThat(Sockets.timeWait(server.port()) - timeWait).isZero();
			// None that nobody needs for a while ages out
		}, "tidepool.keep-alive.upstream-timeout=60s");
	}

	@Test
	void lanesThatCallAtTheConfiguredTimeoutLoseNothing() throws Exception {
		// A busy machine closes late
		Duration timeout = Duration.ofSeconds(4);
		ScriptedServer server = serve(timeout, (exchange) -> exchange.respond(200, "fine")).withoutLog();
		run((application) -> {
			List<ContractClient> lanes = lanes(application);
			callEach(lanes, server, Duration.ofMillis(3900), Duration.ofMillis(4100), 3, Kind.GET, Kind.POST);
			assertThat(server.idleCloses()).as("closed by the upstream first").isZero();
			assertThat(application.stats(server).closed(CloseReason.PEER_CLOSED_ON_REUSE)).isZero();
			assertThat(server.mostRequestsOfOneId()).isOne();
			int accepted = server.accepted();
			callEach(lanes, server, Duration.ofMillis(900), Duration.ofMillis(1100), 3, Kind.GET, Kind.POST);
			// But the first call of each, all reuse their connection
			assertThat(server.accepted() - accepted).isLessThanOrEqualTo(LANES + LANES * 2 / 10);
		}, "tidepool.keep-alive.upstream-timeout=4s", "tidepool.keep-alive.margin=2s",
				"tidepool.keep-alive.learn=false");
	}

	@Test
	void lanesThatCallAtATimeoutThatNobodyKnowsLoseNothingOnceItWasLearned() throws Exception {
		Duration timeout = Duration.ofMillis(1500);
		ScriptedServer server = serve(timeout, (exchange) -> exchange.respond(200, "fine")).withoutLog();
		run((application) -> {
			List<ContractClient> lanes = lanes(application);
			long start = System.nanoTime();
			do {
				// A POST may be lost before; closes that a busy machine finds late may
				// look
				// like a restart, and teach nothing
				callEach(lanes, server, Duration.ofMillis(1400), Duration.ofMillis(1600), 3, Kind.GET);
				eventually().atMost(BOUND).until(() -> upstream(application, server).estimate().open().isEmpty());
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
			}
			while (upstream(application, server).estimate().timeout() == KeepAliveEstimate.UNKNOWN);
			assertThat(Duration.ofNanos(upstream(application, server).estimate().timeout())).isCloseTo(timeout,
					Duration.ofSeconds(1));
			long lost = application.stats(server).closed(CloseReason.PEER_CLOSED_ON_REUSE);
			callEach(lanes, server, Duration.ofMillis(1400), Duration.ofMillis(1600), 3, Kind.GET, Kind.POST);
			assertThat(application.stats(server).closed(CloseReason.PEER_CLOSED_ON_REUSE)).isEqualTo(lost);
			assertThat(server.mostRequestsOfOneId()).isLessThanOrEqualTo(2);
		});
	}

	@Test
	void canaryMeasuresTheTimeoutOfItsUpstream() throws Exception {
		Duration timeout = Duration.ofSeconds(2);
		ScriptedServer server = serve(timeout, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			do {
				// A shorter time-out than is trusted at first ends the first connection
				// before it can be watched
				client.get(server.uri("/"));
				eventually().atMost(BOUND).until(() -> application.stats(server).connections().isEmpty());
			}
			while (application.stats(server).closed(CloseReason.IDLE) == 0 && server.requests() < 5);
			Upstream upstream = upstream(application, server);
			eventually().until(() -> upstream.estimate().open().isEmpty());
			Duration trusted = Duration.ofNanos(upstream.trustedNanos(KeepAlivePolicy.NO_HEADER));
			Duration learned = Duration.ofNanos(upstream.estimate().timeout());
			assertThat(learned).isCloseTo(timeout, Duration.ofSeconds(1));
			assertThat(trusted).isBetween(learned.multipliedBy(7).dividedBy(10), timeout);
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "GET", "POST" })
	void requestLimitOfAnUpstreamIsLearned(Kind kind) throws Exception {
		int limit = 50;
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(200, "fine");
			if (exchange.request().onConnection() == limit) {
				exchange.close();
			}
		}).withoutLog();
		run((application) -> {
			ContractClient client = application.client();
			client.get(server.uri("/"));
			AtomicInteger failed = new AtomicInteger();
			for (int i = 0; i < 20 && upstream(application, server).estimate().maxRequests() == 0; i++) {
				Callers.run(16, 1000, BOUND, (number) -> {
					try {
						client.exchange(kind.request(server.uri("/")));
					}
					catch (ContractFailure ex) {
						failed.incrementAndGet();
					}
				});
			}
			assertThat(failed.get()).as("lost before the limit was learned")
				.isLessThanOrEqualTo(kind.isRepeatable() ? 0 : 20);
			assertThat(upstream(application, server).estimate().maxRequests()).isBetween(limit - 5, limit);
			int accepted = server.accepted();
			Outcome learned = Callers.run(16, 4000, BOUND, (number) -> client.exchange(kind.request(server.uri("/"))));
			assertThat(learned.firstFailure()).isNull();
			assertThat(server.accepted() - accepted).isLessThanOrEqualTo(4000 / 45 + 1);
		}, "tidepool.pool.acquire-timeout=10s");
	}

	@Test
	void restartOfAnUpstreamIsMetByNoCall() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.stall(Duration.ofMillis(5));
			exchange.respond(200, "fine");
		}).withoutLog();
		run((application) -> {
			ContractClient client = application.client();
			AtomicBoolean restarted = new AtomicBoolean();
			AtomicReference<Throwable> failure = new AtomicReference<>();
			List<CompletableFuture<Void>> callers = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				callers.add(CompletableFuture.runAsync(() -> {
					while (!restarted.get() && failure.get() == null) {
						try {
							client.get(server.uri("/"));
						}
						catch (ContractFailure ex) {
							failure.compareAndSet(null, ex);
						}
					}
				}, THREAD_EACH));
			}
			for (int i = 0; i < RESTARTS; i++) {
				int requests = server.requests();
				eventually().until(() -> server.requests() > requests + 100 || failure.get() != null);
				server.closeConnections();
			}
			restarted.set(true);
			callers.forEach(CompletableFuture::join);
			assertThat(failure.get()).isNull();
			// On a busy machine one call may meet all of them
		}, "tidepool.retry.budget.min-per-second=1000", "tidepool.retry.max-attempts=" + (RESTARTS + 1));
	}

	// A connection each, as callers with different filters share none
	private static List<ContractClient> lanes(ContractApplication application) {
		List<ContractClient> lanes = new ArrayList<>();
		for (int i = 0; i < LANES; i++) {
			InetAddressFilter own = InetAddressFilter.adapt((address) -> true);
			lanes.add(application.client((settings) -> settings.withInetAddressFilter(own)));
		}
		return lanes;
	}

	private static void callEach(List<ContractClient> lanes, ScriptedServer server, Duration shortest, Duration longest,
			int times, Kind... kinds) {
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		for (int lane = 0; lane < lanes.size(); lane++) {
			ContractClient client = lanes.get(lane);
			// Evenly over the range
			Duration pause = shortest.plus(longest.minus(shortest).multipliedBy(lane).dividedBy(lanes.size()));
			int number = lane;
			callers.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < times; i++) {
					LockSupport.parkNanos(pause.toNanos());
					Kind kind = kinds[(number + i) % kinds.length];
					String id = "%s-%d-%d-%d".formatted(kind, number, i, System.nanoTime());
					assertThat(client.exchange(kind.request(server.uri("/")).id(id)).body()).isEqualTo("fine");
				}
			}, THREAD_EACH));
		}
		callers.forEach(CompletableFuture::join);
	}

	private static Upstream upstream(ContractApplication application, ScriptedServer server) {
		return application.stats(server).members().iterator().next();
	}

}
