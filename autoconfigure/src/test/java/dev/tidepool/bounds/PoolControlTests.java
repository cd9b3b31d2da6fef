package dev.tidepool.bounds;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.InvalidSettingException;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Limits that are changed while the application runs, and idle connections that are
 * evicted on demand.
 */
class PoolControlTests {

	private static final String KEEP = "tidepool.keep-alive.upstream-timeout=1m";

	@Test
	void loweredLimitOfAnUpstreamEvictsItsExcessAtOnce() throws Exception {
		try (ScriptedServer server = server(); ScriptedServer other = server()) {
			TestRunners.application().withPropertyValues(KEEP).run((context) -> {
				open(access(context, server), 5);
				open(access(context, other), 5);
				control(context).maxPerUpstream(name(server), 2);
				Awaitility.await().until(() -> server.accepted() == 5 && server.open() == 2);
				UpstreamStats stats = stats(context, server);
				Awaitility.await().until(() -> stats.closed(CloseReason.SHRINK) == 3);
				assertThat(stats.connections(State.IDLE)).isEqualTo(2);
				assertThat(stats.max()).isEqualTo(2);
				Awaitility.await().until(() -> other.open() == 5);
			});
		}
	}

	@Test
	void loweredTotalEvictsTheLongestIdleOfAll() throws Exception {
		try (ScriptedServer server = server(); ScriptedServer other = server()) {
			TestRunners.application().withPropertyValues(KEEP).run((context) -> {
				open(access(context, server), 3);
				open(access(context, other), 3);
				control(context).maxTotal(4);
				Awaitility.await().until(() -> server.accepted() == 3 && server.open() == 1 && other.open() == 3);
				assertThat(context.getBean(Upstreams.class).gate().maxTotal()).isEqualTo(4);
			});
		}
	}

	@Test
	void activeConnectionsAboveALoweredLimitLeaveWhenTheyAreReleased() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application().withPropertyValues(KEEP).run((context) -> {
				PoolAccess access = access(context, server);
				List<ConnectionEndpoint> active = lease(access, 5);
				control(context).maxPerUpstream(name(server), 2);
				assertThat(active).allMatch(ConnectionEndpoint::isConnected);
				Awaitility.await().until(() -> server.open() == 5);
				active.forEach(access::release);
				Awaitility.await().until(() -> server.open() == 2);
				Awaitility.await().until(() -> stats(context, server).closed(CloseReason.SHRINK) == 3);
				assertThat(get(access.client(), server)).isEqualTo("fine");
				assertThat(server.accepted()).isEqualTo(5);
			});
		}
	}

	@Test
	void raisedLimitLetsAPendingCallerPass() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application()
				.withPropertyValues(KEEP, "tidepool.pool.max-per-upstream=1", "tidepool.pool.max-total=1",
						"tidepool.pool.acquire-timeout=30s")
				.run((context) -> {
					PoolAccess access = access(context, server);
					ConnectionEndpoint active = lease(access, 1).get(0);
					CompletableFuture<String> waiting = CompletableFuture
						.supplyAsync(() -> get(access.client(), server));
					Awaitility.await().until(() -> stats(context, server).pending() == 1);
					control(context).maxTotal(2);
					control(context).maxPerUpstream(name(server), 2);
					assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo("fine");
					assertThat(server.accepted()).isEqualTo(2);
					access.release(active);
				});
		}
	}

	@Test
	void limitHoldsForHostsOfTheNameThatAreFirstCalledLater() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application()
				.withPropertyValues(KEEP, "tidepool.upstreams.orders.hosts=localhost")
				.run((context) -> {
					control(context).maxPerUpstream("orders", 3);
					open(access(context, server), 3);
					assertThat(stats(context, server).tag()).isEqualTo("orders");
					assertThat(stats(context, server).max()).isEqualTo(3);
				});
		}
	}

	@Test
	void idleConnectionsOfOtherPartitionsMakeRoom() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application().withPropertyValues(KEEP, "tidepool.pool.max-per-upstream=2").run((context) -> {
				open(access(context, server), 2);
				PoolAccess ofAnother = access(context, server);
				List<ConnectionEndpoint> active = lease(ofAnother, 2);
				Awaitility.await().until(() -> server.accepted() == 4 && server.open() == 2);
				assertThat(active).allMatch(ConnectionEndpoint::isConnected);
				active.forEach(ofAnother::release);
			});
		}
	}

	@Test
	void longestIdleOfAllMakesRoomWhenTheTotalIsReached() throws Exception {
		try (ScriptedServer first = server(); ScriptedServer second = server(); ScriptedServer third = server()) {
			TestRunners.application()
				.withPropertyValues(KEEP, "tidepool.pool.max-per-upstream=2", "tidepool.pool.max-total=2")
				.run((context) -> {
					open(access(context, first), 1);
					open(access(context, second), 1);
					open(access(context, third), 1);
					Awaitility.await().until(() -> first.open() == 0);
					Awaitility.await().until(() -> second.open() == 1 && third.open() == 1);
					Awaitility.await().until(() -> stats(context, first).closed(CloseReason.SHRINK) == 1);
				});
		}
	}

	@Test
	void idleConnectionsOfOneUpstreamOrOfAllAreEvictedOnDemand() throws Exception {
		try (ScriptedServer server = server(); ScriptedServer other = server()) {
			TestRunners.application().withPropertyValues(KEEP).run((context) -> {
				open(access(context, server), 3);
				PoolAccess access = access(context, other);
				List<ConnectionEndpoint> ofOther = lease(access, 3);
				ConnectionEndpoint active = ofOther.remove(0);
				ofOther.forEach(access::release);
				assertThat(control(context).evictIdle(name(server))).isEqualTo(3);
				Awaitility.await().until(() -> server.accepted() == 3 && server.open() == 0);
				assertThat(control(context).evictIdle()).isEqualTo(2);
				Awaitility.await().until(() -> other.accepted() == 3 && other.open() == 1);
				assertThat(active.isConnected()).isTrue();
				access.release(active);
			});
		}
	}

	@Test
	void badValuesAreRefusedLikeThoseOfTheProperties() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application().withPropertyValues("tidepool.pool.max-total=50").run((context) -> {
				open(access(context, server), 1);
				PoolControl control = control(context);
				assertThatExceptionOfType(InvalidSettingException.class)
					.isThrownBy(() -> control.maxPerUpstream(name(server), 0))
					.withMessageContaining("'max-per-upstream' is '0' but must be at least 1");
				assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> control.maxTotal(-1))
					.withMessageContaining("'max-total' is '-1' but must be at least 1");
				assertThatExceptionOfType(InvalidSettingException.class)
					.isThrownBy(() -> control.maxPerUpstream(name(server), 51))
					.withMessageContaining("'max-per-upstream' is '51' but is above max-total, which is 50");
				assertThat(stats(context, server).max()).isEqualTo(200);
			});
		}
	}

	@Test
	void unknownUpstreamIsRefusedWithTheNamesThatThereAre() {
		TestRunners.application().withPropertyValues("tidepool.upstreams.orders.hosts=orders.test").run((context) -> {
			assertThatExceptionOfType(NoSuchElementException.class)
				.isThrownBy(() -> control(context).maxPerUpstream("order", 1))
				.withMessage("There is no upstream 'order'. Configured are: [orders]");
			assertThatExceptionOfType(NoSuchElementException.class)
				.isThrownBy(() -> control(context).evictIdle("order"));
			assertThat(control(context).evictIdle("orders")).isZero();
		});
	}

	@Test
	void limitsThatChangeAllTheTimeUnderLoadHoldInTheEnd() throws Exception {
		try (ScriptedServer one = server(); ScriptedServer two = server(); ScriptedServer three = server()) {
			TestRunners.application().withPropertyValues(KEEP, "tidepool.pool.acquire-timeout=30s").run((context) -> {
				List<ScriptedServer> servers = List.of(one, two, three);
				servers.forEach((server) -> get(context.getBean(RestClient.class), server));
				AtomicInteger failed = new AtomicInteger();
				List<Thread> callers = new ArrayList<>();
				for (int i = 0; i < 24; i++) {
					ScriptedServer server = servers.get(i % servers.size());
					callers.add(new Thread(() -> call(access(context, server).client(), server, 100, failed)));
				}
				callers.forEach(Thread::start);
				PoolControl control = control(context);
				while (callers.stream().anyMatch(Thread::isAlive)) {
					control.maxTotal(between(6, 30));
					control.maxPerUpstream(name(servers.get(between(0, 2))), between(1, 6));
					control.evictIdle(name(servers.get(between(0, 2))));
				}
				control.maxTotal(100);
				servers.forEach((server) -> control.maxPerUpstream(name(server), 3));
				control.maxTotal(7);
				assertThat(failed).hasValue(0);
				Awaitility.await()
					.untilAsserted(() -> assertThat(servers).allMatch((server) -> server.open() <= 3)
						.satisfies((all) -> assertThat(all.stream().mapToInt(ScriptedServer::open).sum())
							.isLessThanOrEqualTo(7)));
				Upstreams upstreams = context.getBean(Upstreams.class);
				assertThat(upstreams.gate().active()).isZero();
				// The client counts a connection until it has closed it
				Awaitility.await().untilAsserted(() -> assertThat(upstreams.stats()).allSatisfy((stats) -> {
					assertThat(stats.pending()).isZero();
					assertThat(stats.connections(State.ACTIVE)).isZero();
					assertThat(stats.connections(State.IDLE)).isLessThanOrEqualTo(3);
				}));
			});
		}
	}

	private static void call(RestClient client, ScriptedServer server, int times, AtomicInteger failed) {
		for (int i = 0; i < times; i++) {
			try {
				get(client, server);
			}
			catch (RuntimeException ex) {
				failed.incrementAndGet();
			}
		}
	}

	private static int between(int least, int most) {
		return ThreadLocalRandom.current().nextInt(least, most + 1);
	}

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine")).withoutLog();
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

	private static PoolControl control(ApplicationContext context) {
		return context.getBean(PoolControl.class);
	}

	// Each with a partition of its own
	private static PoolAccess access(ApplicationContext context, ScriptedServer server) {
		return new PoolAccess(context.getBean(ClassicPool.class), server.url());
	}

	private static UpstreamStats stats(ApplicationContext context, ScriptedServer server) {
		return context.getBean(Upstreams.class)
			.stats()
			.stream()
			.filter((each) -> each.members().stream().anyMatch((member) -> member.key().port() == server.port()))
			.findFirst()
			.orElseThrow();
	}

	private static String name(ScriptedServer server) {
		return "localhost:" + server.port();
	}

	private static void open(PoolAccess access, int count) throws Exception {
		lease(access, count).forEach(access::release);
	}

	private static List<ConnectionEndpoint> lease(PoolAccess access, int count) throws Exception {
		List<ConnectionEndpoint> endpoints = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			ConnectionEndpoint endpoint = access.lease();
			access.connect(endpoint);
			endpoints.add(endpoint);
		}
		return endpoints;
	}

}
