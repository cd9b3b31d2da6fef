package dev.tidepool.classic;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.HttpHost;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Partition;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Idle connections are made up to their number, within limits and not for ever, on a
 * clock that the test moves.
 */
class RefillTests {

	private static final int MIN_IDLE = 3;

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

	private final AtomicInteger failedConnects = new AtomicInteger();

	private final Upstreams upstreams = new Upstreams(catalog(), 10, this.now::get);

	private final BoundedResolver resolver = new BoundedResolver();

	private final SharedPool shared = new SharedPool(this.upstreams, events());

	private final ClassicPool pool = new ClassicPool(this.shared, ReuseOrder.LIFO, (settings) -> {
		throw new IllegalStateException("Plain connections only");
	}, this.resolver);

	@AfterEach
	void closePool() {
		this.shared.close();
		this.resolver.close();
	}

	@Test
	void missingConnectionsAreMadeAtOnceAndNoMore() throws Exception {
		try (ScriptedServer server = server(Duration.ZERO)) {
			Refill refill = refill(server.port());
			runAndPass(refill, 10);
			Awaitility.await().until(() -> server.open() == MIN_IDLE);
			assertThat(stats(server).connections(State.IDLE)).isEqualTo(MIN_IDLE);
			assertThat(this.upstreams.gate().active()).isZero();
			server.closeConnections();
			awaitNoneIdle(server);
			runAndPass(refill, 10);
			Awaitility.await().until(() -> server.open() == MIN_IDLE);
			assertThat(server.accepted()).isEqualTo(2 * MIN_IDLE);
		}
	}

	@Test
	void thoseThatCallersTakeAreReplacedWithinTheLimitOfTheUpstream() throws Exception {
		try (ScriptedServer server = server(Duration.ZERO)) {
			Refill refill = refill(server.port());
			PoolAccess access = new PoolAccess(this.pool, server.url());
			List<ConnectionEndpoint> active = lease(access, 4);
			runAndPass(refill, 5);
			assertThat(stats(server).connections(State.IDLE)).as("5 at most").isOne();
			active.add(lease(access, 1).get(0));
			Awaitility.await().until(() -> server.open() == 5);
			runAndPass(refill, 5);
			assertThat(server.open()).isEqualTo(5);
			active.forEach(access::release);
		}
	}

	@Test
	void nothingIsMadeAboveTheTotalAndNothingOfOthersGivenUp() throws Exception {
		try (ScriptedServer server = server(Duration.ZERO); ScriptedServer other = server(Duration.ZERO)) {
			PoolAccess access = new PoolAccess(this.pool, other.url());
			this.upstreams.gate().maxTotal(4);
			lease(access, 4).forEach(access::release);
			runAndPass(refill(server.port()), 5);
			assertThat(server.accepted()).isZero();
			assertThat(stats(other).connections(State.IDLE)).isEqualTo(4);
		}
	}

	@Test
	void upstreamThatIsDownIsTriedEverMoreSeldomUntilItIsBack() throws Exception {
		int port = freePort();
		Refill refill = refill(port);
		runAndPass(refill, 600);
		// Pauses of half to all of 1, 2, 4, 8, 16, 32, 60, 60 s and so on
		assertThat(this.failedConnects.get()).isBetween(14, 30);
	}

	@Test
	void upstreamThatClosesAtOnceIsNotConnectedToForEver() throws Exception {
		try (ScriptedServer server = server(Duration.ofMillis(1))) {
			Refill refill = refill(server.port());
			long end = this.now.get() + Duration.ofMinutes(5).toNanos();
			while (this.now.get() - end < 0) {
				refill.run();
				awaitNoneIdle(server);
				pass(1000);
			}
			// Pauses of half to all of 1, 2, 4, 8, 16, 32, 60, 60 s and so on
			assertThat(server.accepted()).isBetween(8 * MIN_IDLE, 18 * MIN_IDLE);
		}
	}

	private void runAndPass(Refill refill, int seconds) {
		for (int i = 0; i < seconds; i++) {
			refill.run();
			pass(1000);
		}
	}

	private void pass(long millis) {
		this.now.addAndGet(Duration.ofMillis(millis).toNanos());
	}

	private void awaitNoneIdle(ScriptedServer server) {
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(() -> server.open() == 0);
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
			if (stats(server).connections(State.IDLE) == 0) {
				return true;
			}
			// Looked at again after a while only
			pass(200);
			this.shared.sweepNow();
			return false;
		});
	}

	private Refill refill(int port) {
		HttpRoute route = new HttpRoute(new HttpHost("http", "localhost", port), null, false);
		return new Refill(route, new Partition(null, SystemDefaultDnsResolver.INSTANCE), this.upstreams,
				this.pool.idleConnector());
	}

	private UpstreamStats stats(ScriptedServer server) {
		return this.upstreams.get(new UpstreamKey("http", "localhost", server.port(), null)).stats();
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

	private static ScriptedServer server(Duration keepAlive) throws Exception {
		return ScriptedServer.start(keepAlive, (exchange) -> exchange.respond(200, "fine"));
	}

	private static int freePort() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private ConnectionEvents events() {
		ConnectionEvents events = new ConnectionEvents();
		events.add(new ConnectionListener() {

			@Override
			public void connected(UpstreamStats upstream, long nanos, boolean success) {
				if (!success) {
					RefillTests.this.failedConnects.incrementAndGet();
				}
			}

		});
		return events;
	}

	private static UpstreamCatalog catalog() {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamCatalog(new UpstreamSettings(null,
				new PoolSettings(5, 10, Duration.ofSeconds(1), Duration.ofMinutes(10), MIN_IDLE, null),
				defaults.keepAlive(), defaults.timeout(), defaults.retry(), defaults.drain(), defaults.maxRedirects(),
				defaults.proxy(), defaults.sslBundle()), Map.of());
	}

}
