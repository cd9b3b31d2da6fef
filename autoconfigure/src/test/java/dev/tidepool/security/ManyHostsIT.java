package dev.tidepool.security;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.hc.client5.http.DnsResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Footprint;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls to a new host each time, through both clients: sockets, threads, descriptors and
 * meters are those of the limits, not of the hosts.
 */
@Timeout(300)
class ManyHostsIT {

	private static final int CALLERS = 8;

	private static final int MAX_TOTAL = 40;

	private static final int FIRST = 500;

	private static final int ALL = 2_500;

	@Test
	void newHostForEachCallCostsNoMoreThanTheLimits() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine")).withoutLog()) {
			TestRunners.applicationWithBothClients()
				.withBean(DnsResolver.class, Loopback::new)
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.withPropertyValues("tidepool.pool.max-total=" + MAX_TOTAL, "tidepool.keep-alive.upstream-timeout=10m")
				.run((context) -> {
					AtomicInteger mostSockets = new AtomicInteger();
					call(context, server, 0, FIRST, mostSockets);
					MeterRegistry registry = context.getBean(MeterRegistry.class);
					int meters = registry.getMeters().size();
					Footprint footprint = Footprint.measure();
					long heap = heap();
					call(context, server, FIRST, ALL, mostSockets);
					Upstreams upstreams = context.getBean(Upstreams.class);
					assertThat(server.requests()).isEqualTo(2 * ALL);
					// Those that have left the pool, and the sweeper is about to close,
					// come on top
					assertThat(mostSockets.get()).isBetween(MAX_TOTAL / 2, ALL / 4);
					Awaitility.await().untilAsserted(() -> {
						assertThat(Sockets.heldByClients(server.port())).isLessThanOrEqualTo(MAX_TOTAL);
						assertThat(upstreams.gate().active()).isZero();
					});
					assertThat(upstreams.stats()).hasSize(Upstreams.MAX_TAGS + 1);
					assertThat(upstreams.stats().stream().mapToLong(UpstreamStats::created).sum()).isEqualTo(2 * ALL);
					assertThat(registry.getMeters()).hasSize(meters);
					assertThat(Footprint.measure().threads()).hasSizeLessThanOrEqualTo(footprint.threads().size());
					assertThat(heap() - heap).as("bytes more").isLessThan(32L << 20);
				});
		}
	}

	private static void call(ApplicationContext context, ScriptedServer server, int from, int to,
			AtomicInteger mostSockets) throws Exception {
		RestClient blocking = context.getBean(RestClient.class);
		WebClient reactive = context.getBean(WebClient.class);
		List<Callable<Void>> calls = new ArrayList<>();
		for (int i = from; i < to; i++) {
			URI uri = URI.create("http://host-%d.test:%d/".formatted(i, server.port()));
			boolean counting = i % 50 == 0;
			calls.add(() -> {
				assertThat(blocking.get().uri(uri).retrieve().body(String.class)).isEqualTo("fine");
				assertThat(reactive.get().uri(uri).retrieve().bodyToMono(String.class).block()).isEqualTo("fine");
				if (counting) {
					mostSockets.accumulateAndGet(Sockets.heldByClients(server.port()), Math::max);
				}
				return null;
			});
		}
		ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
		try {
			for (Future<Void> done : callers.invokeAll(calls)) {
				done.get();
			}
		}
		finally {
			callers.shutdownNow();
		}
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
