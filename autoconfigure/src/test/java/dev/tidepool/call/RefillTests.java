package dev.tidepool.call;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.core5.http.HttpHost;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.async.AsyncPool;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;
import dev.tidepool.testsupport.ClosedPort;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Idle connections of a client are made up to their number, within limits and not for
 * ever, on a clock that the test moves. The callers are blocking ones throughout: whose
 * calls they are does not matter.
 */
class RefillTests {

	private static final int MIN_IDLE = 3;

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

	private final AtomicInteger failedConnects = new AtomicInteger();

	private final Upstreams upstreams = new Upstreams(catalog(), 10, this.now::get);

	private final BoundedResolver resolver = new BoundedResolver();

	private final SharedPool shared = new SharedPool(this.upstreams, events());

	private final ClassicPool classic = new ClassicPool(this.shared, ReuseOrder.LIFO, RefillTests::noTls,
			this.resolver);

	private final AsyncPool async = new AsyncPool(this.shared, ReuseOrder.LIFO, RefillTests::noTls, this.resolver);

	@AfterEach
	void closePool() {
		this.shared.close();
		this.resolver.close();
	}

	@ParameterizedTest
	@EnumSource
	void missingConnectionsAreMadeAtOnceAndNoMore(ClientKind kind) throws Exception {
		try (ScriptedServer server = server(Duration.ZERO)) {
			Refill refill = refill(kind, server.port());
			runAndPass(refill, 10);
			Awaitility.await().until(() -> server.open() == MIN_IDLE);
			assertThat(idle(kind, server)).isEqualTo(MIN_IDLE);
			assertThat(this.upstreams.gate().active()).isZero();
			server.closeConnections();
			awaitNoneIdle(server);
			runAndPass(refill, 10);
			Awaitility.await().until(() -> server.open() == MIN_IDLE);
			// The server takes them a moment later
			Awaitility.await().untilAsserted(() -> assertThat(server.accepted()).isEqualTo(2 * MIN_IDLE));
		}
	}

	@ParameterizedTest
	@EnumSource
	void thoseThatCallersTakeAreReplacedWithinTheLimitOfTheUpstream(ClientKind kind) throws Exception {
		try (ScriptedServer server = server(Duration.ZERO)) {
			Refill refill = refill(kind, server.port());
			PoolAccess access = new PoolAccess(this.classic, server.url());
			List<ConnectionEndpoint> active = lease(access, 4);
			runAndPass(refill, 5);
			assertThat(idle(kind, server)).as("5 at most").isOne();
			active.add(lease(access, 1).get(0));
			Awaitility.await().until(() -> server.open() == 5);
			runAndPass(refill, 5);
			assertThat(server.open()).isEqualTo(5);
			active.forEach(access::release);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsMadeAboveTheTotalAndNothingOfOthersGivenUp(ClientKind kind) throws Exception {
		try (ScriptedServer server = server(Duration.ZERO); ScriptedServer other = server(Duration.ZERO)) {
			PoolAccess access = new PoolAccess(this.classic, other.url());
			this.upstreams.gate().maxTotal(4);
			lease(access, 4).forEach(access::release);
			runAndPass(refill(kind, server.port()), 5);
			assertThat(server.accepted()).isZero();
			assertThat(stats(other).connections(State.IDLE)).isEqualTo(4);
		}
	}

	@ParameterizedTest
	@EnumSource
	void upstreamThatIsDownIsTriedEverMoreSeldomUntilItIsBack(ClientKind kind) throws Exception {
		try (ClosedPort port = new ClosedPort()) {
			runAndPass(refill(kind, port.number()), 600);
		}
		// Pauses of half to all of 1, 2, 4, 8, 16, 32, 60, 60 s and so on
		assertThat(this.failedConnects.get()).isBetween(14, 30);
	}

	@ParameterizedTest
	@EnumSource
	void upstreamThatClosesAtOnceIsNotConnectedToForEver(ClientKind kind) throws Exception {
		try (ScriptedServer server = server(Duration.ofMillis(1))) {
			Refill refill = refill(kind, server.port());
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

	@Test
	void eachClientHasItsOwnWithinTheLimitOfBoth() throws Exception {
		try (ScriptedServer server = server(Duration.ZERO)) {
			Refill blocking = refill(ClientKind.BLOCKING, server.port());
			Refill reactive = refill(ClientKind.REACTIVE, server.port());
			runAndPass(blocking, 5);
			runAndPass(reactive, 5);
			assertThat(idle(ClientKind.BLOCKING, server)).isEqualTo(MIN_IDLE);
			assertThat(idle(ClientKind.REACTIVE, server)).as("5 at most").isEqualTo(2);
			this.shared.maxPerUpstream(stats(server).tag(), 10);
			runAndPass(blocking, 5);
			runAndPass(reactive, 5);
			assertThat(idle(ClientKind.BLOCKING, server)).isEqualTo(MIN_IDLE);
			assertThat(idle(ClientKind.REACTIVE, server)).isEqualTo(MIN_IDLE);
			Awaitility.await().until(() -> server.open() == 2 * MIN_IDLE);
			assertThat(server.accepted()).isEqualTo(2 * MIN_IDLE);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingOfOthersIsGivenUpWhereNoDescriptorIsLeft(ClientKind kind) throws Exception {
		try (ScriptedServer other = server(Duration.ZERO)) {
			PoolAccess access = new PoolAccess(this.classic, other.url());
			lease(access, 4).forEach(access::release);
			runAndPass(refill(kind, freePort(), new NoDescriptorLeft()), 5);
			assertThat(this.failedConnects.get()).isPositive();
			assertThat(stats(other).connections(State.IDLE)).isEqualTo(4);
			assertThat(this.upstreams.gate().active()).isZero();
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

	private Refill refill(ClientKind kind, int port) {
		return refill(kind, port, SystemDefaultDnsResolver.INSTANCE);
	}

	private Refill refill(ClientKind kind, int port, DnsResolver dnsResolver) {
		HttpRoute route = new HttpRoute(new HttpHost("http", "localhost", port), null, false);
		return new Refill(route, new Partition(null, dnsResolver), this.upstreams,
				(kind == ClientKind.BLOCKING) ? this.classic.connectAhead() : this.async.connectAhead());
	}

	private long idle(ClientKind kind, ScriptedServer server) {
		return stats(server).connections()
			.stream()
			.filter((connection) -> connection.probe().kind() == kind)
			.filter(ConnectionRecord::isIdle)
			.count();
	}

	private static TlsIdentity noTls(UpstreamSettings settings) {
		throw new IllegalStateException("Plain connections only");
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
		return new UpstreamCatalog(
				new UpstreamSettings(null,
						new PoolSettings(5, 10, Duration.ofSeconds(1), Duration.ofMinutes(10), MIN_IDLE, null),
						defaults.keepAlive(), defaults.timeout(), defaults.retry(), defaults.drain(),
						ResponseLimits.DEFAULTS, defaults.redirect(), defaults.proxy(), defaults.sslBundle()),
				Map.of());
	}

	/**
	 * Fails as the system's does then.
	 */
	private static final class NoDescriptorLeft implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			throw new UnknownHostException(host + ": Too many open files");
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
