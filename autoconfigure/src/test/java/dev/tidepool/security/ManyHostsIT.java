package dev.tidepool.security;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Footprint;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls to a new host each time, through both clients: sockets, threads, descriptors and
 * meters are those of the limits, not of the hosts.
 */
@Timeout(300)
class ManyHostsIT {

	private static final int CALLERS = 8;

	private static final int MAX_TOTAL = 40;

	// Calls after which all callers pause, and the sockets are counted
	private static final int ROUND = 50;

	@ParameterizedTest
	@CsvSource({ "http, 500, 2500", "https, 150, 300" })
	void newHostForEachCallCostsNoMoreThanTheLimits(String scheme, int first, int all) throws Exception {
		SSLContext tls = scheme.equals("https") ? TestTls.server("hosts") : null;
		try (ScriptedServer server = ScriptedServer
			.startAt(new InetSocketAddress("localhost", 0), tls, (exchange) -> exchange.respond(200, "fine"))
			.withoutLog()) {
			TestRunners.applicationWithBothClients()
				.withBean(DnsResolver.class, Loopback::new)
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.withPropertyValues("tidepool.pool.max-total=" + MAX_TOTAL, "tidepool.keep-alive.upstream-timeout=10m",
						TestTls.trustProperty("own", "hosts"), "tidepool.ssl.bundle=own")
				.run((context) -> {
					AtomicInteger mostSockets = new AtomicInteger();
					call(context, server, scheme, 0, first, mostSockets);
					MeterRegistry registry = context.getBean(MeterRegistry.class);
					int meters = registry.getMeters().size();
					Footprint footprint = Footprint.measure();
					long heap = heap();
					call(context, server, scheme, first, all, mostSockets);
					Upstreams upstreams = context.getBean(Upstreams.class);
					assertThat(server.requests()).isEqualTo(2 * all);
					assertThat(mostSockets.get()).isBetween(MAX_TOTAL / 2, MAX_TOTAL);
					Awaitility.await().untilAsserted(() -> {
						assertThat(Sockets.heldByClients(server.port())).isLessThanOrEqualTo(MAX_TOTAL);
						assertThat(upstreams.gate().active()).isZero();
					});
					assertThat(upstreams.stats()).hasSize(Upstreams.MAX_TAGS + 1);
					assertThat(upstreams.stats().stream().mapToLong(UpstreamStats::created).sum()).isEqualTo(2 * all);
					assertThat(registry.getMeters()).hasSize(meters);
					assertThat(Footprint.measure().threads()).hasSizeLessThanOrEqualTo(footprint.threads().size());
					assertThat(heap() - heap).as("bytes more").isLessThan(32L << 20);
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void upstreamThatNeverClosesHoldsNoSocketBeyondTheLimit(String scheme) throws Exception {
		SSLContext tls = scheme.equals("https") ? TestTls.server("hosts") : null;
		CountDownLatch over = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.startAt(new InetSocketAddress("localhost", 0), tls, (exchange) -> {
			exchange.respond(200, "fine");
			over.await();
		})) {
			TestRunners.applicationWithBothClients()
				.withBean(DnsResolver.class, Loopback::new)
				.withPropertyValues("tidepool.pool.max-total=2", "tidepool.pool.max-per-upstream=2",
						TestTls.trustProperty("own", "hosts"), "tidepool.ssl.bundle=own")
				.run((context) -> {
					for (int i = 0; i < 10; i++) {
						call(context, server, scheme, i).call();
						Awaitility.await("after call " + i)
							.pollDelay(Duration.ZERO)
							.until(() -> Sockets.heldByClients(server.port()) <= 2);
					}
				});
		}
		finally {
			over.countDown();
		}
	}

	private static void call(ApplicationContext context, ScriptedServer server, String scheme, int from, int to,
			AtomicInteger mostSockets) throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
		try {
			for (int i = from; i < to; i += ROUND) {
				for (Future<Void> done : callers.invokeAll(round(context, server, scheme, i))) {
					done.get();
				}
				// Those that made room for the last may be on their way out yet
				Awaitility.await()
					.pollDelay(Duration.ZERO)
					.until(() -> Sockets.heldByClients(server.port()) <= MAX_TOTAL);
				mostSockets.accumulateAndGet(Sockets.heldByClients(server.port()), Math::max);
			}
		}
		finally {
			callers.shutdownNow();
		}
	}

	private static List<Callable<Void>> round(ApplicationContext context, ScriptedServer server, String scheme,
			int from) {
		return IntStream.range(from, from + ROUND).mapToObj((i) -> call(context, server, scheme, i)).toList();
	}

	private static Callable<Void> call(ApplicationContext context, ScriptedServer server, String scheme, int host) {
		RestClient blocking = context.getBean(RestClient.class);
		WebClient reactive = context.getBean(WebClient.class);
		URI uri = URI.create("%s://host-%d.hosts.test:%d/".formatted(scheme, host, server.port()));
		return () -> {
			assertThat(blocking.get().uri(uri).retrieve().body(String.class)).isEqualTo("fine");
			assertThat(reactive.get().uri(uri).retrieve().bodyToMono(String.class).block()).isEqualTo("fine");
			return null;
		};
	}

	private static long heap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * All names are of this machine.
	 */
	private static final class Loopback implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) {
			return new InetAddress[] { InetAddress.getLoopbackAddress() };
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
