package dev.tidepool.bounds;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.autoconfigure.TidepoolMetricsAutoConfiguration;
import dev.tidepool.connection.Canaries;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.IdleSweep;
import dev.tidepool.connection.Leaks;
import dev.tidepool.connection.Lease;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that do not come back are reported once, with the place that took them
 * (FAULTS 60).
 */
@ExtendWith(OutputCaptureExtension.class)
class LeakDetectionTests {

	private static final String SUSPECTED = "has not come back";

	private static final String CAME_BACK = "came back after";

	private static final String DROPPED = "dropped without being closed";

	private static final Duration THRESHOLD = Duration.ofSeconds(10);

	private Upstreams upstreams;

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - THRESHOLD.toNanos() / 2);

	@Test
	void leaseIsSuspectedOnceAfterTheThresholdAndMayComeBack(CapturedOutput output) {
		Upstream upstream = upstream(THRESHOLD);
		Leaks leaks = upstream.stats().leaks();
		Lease lease = Lease.start(upstream, this.now::get);
		assertThat(sweepAfter(THRESHOLD.minusNanos(1))).isOne();
		assertThat(leaks.suspected()).isZero();
		sweepAfter(Duration.ofNanos(1));
		sweepAfter(THRESHOLD);
		assertThat(leaks.suspected()).isOne();
		assertThat(leaks.places()).singleElement().satisfies((place) -> {
			assertThat(place.where()).startsWith(getClass().getName() + ".leaseIsSuspectedOnceAfterTheThreshold");
			assertThat(place.count()).isOne();
		});
		assertThat(output).containsOnlyOnce(SUSPECTED)
			.contains("WARN", "http://orders:80 was taken 10s ago", "(tidepool.pool.leak-detection-threshold is 10s)",
					"Taken by thread " + Thread.currentThread().getName(), "\tat " + getClass().getName())
			.doesNotContain("\tat " + Lease.class.getPackageName())
			.doesNotContain(CAME_BACK);
		lease.ends(this.now.get());
		lease.ends(this.now.get());
		sweepAfter(THRESHOLD);
		assertThat(output).containsOnlyOnce(CAME_BACK + " 20s").containsOnlyOnce(SUSPECTED).contains("INFO");
		assertThat(leaks.suspected()).isOne();
	}

	@Test
	void leaseThatEndsInTimeIsNotMentioned(CapturedOutput output) {
		Upstream upstream = upstream(THRESHOLD);
		Lease lease = Lease.start(upstream, this.now::get);
		lease.ends(this.now.addAndGet(THRESHOLD.toNanos()));
		sweepAfter(THRESHOLD);
		assertThat(upstream.stats().leaks().suspected()).isZero();
		assertThat(output).doesNotContain("http://orders:80");
	}

	@Test
	void nothingIsKeptOfALeaseUnlessAsked() {
		assertThat(Lease.start(upstream(null), this.now::get)).isNull();
		assertThat(Lease.start(upstream(Duration.ZERO), this.now::get)).isNull();
	}

	@Test
	void leakThatWasSuspectedBeforeIsOneOfItsPlace(CapturedOutput output) {
		Upstream upstream = upstream(THRESHOLD);
		for (int i = 0; i < 2; i++) {
			Lease lease = Lease.start(upstream, this.now::get);
			sweepAfter((i == 0) ? THRESHOLD : Duration.ZERO);
			lease.isLeaked(this.now.get());
			lease.ends(this.now.get());
		}
		assertThat(upstream.stats().leaks().suspected()).isOne();
		assertThat(upstream.stats().leaks().places()).singleElement()
			.satisfies((place) -> assertThat(place.count()).isEqualTo(2));
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), DROPPED)).isEqualTo(2);
		assertThat(output).doesNotContain(CAME_BACK);
	}

	@Test
	@FaultCase(value = 60, through = Client.REST_CLIENT)
	void callWithinTheUpstreamsThresholdIsSilentAndALongOneIsReportedAndCounted(CapturedOutput output)
			throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nst");
			end.await();
			exchange.raw("art");
		}); ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application()
				.withConfiguration(
						AutoConfigurations.of(TidepoolMetricsAutoConfiguration.class, MetricsAutoConfiguration.class))
				.withBean(SimpleMeterRegistry.class, () -> registry)
				.withPropertyValues("tidepool.pool.leak-detection-threshold=1h",
						"tidepool.upstreams.stream.base-url=" + server.url(),
						"tidepool.upstreams.stream.pool.leak-detection-threshold=50ms")
				.run((context) -> {
					try (ClientHttpResponse response = open(context, server)) {
						assertThat(
								context.getBean(RestClient.class).get().uri(other.url()).retrieve().body(String.class))
							.isEqualTo("fine");
						UpstreamStats stats = stats(context, "stream");
						Awaitility.await()
							.untilAsserted(() -> assertThat(output).contains(SUSPECTED,
									"\tat " + LeakDetectionTests.class.getName() + ".open("));
						assertThat(registry.get(TidepoolMeter.LEAKS_SUSPECTED.meterName())
							.tag("upstream", "stream")
							.functionCounter()
							.count()).isOne();
						assertThat(stats.leaks().places().get(0).where())
							.startsWith(LeakDetectionTests.class.getName() + ".open(");
						assertThat(output).contains(
								"tidepool.pool.leak-detection-threshold or tidepool.upstreams.stream.pool.leak-detection-threshold is 50ms")
							.contains("\tat " + LeakDetectionTests.class.getName() + ".open(")
							.doesNotContain("\tat dev.tidepool.classic", "\tat org.apache.hc.");
						end.countDown();
						assertThat(response.getBody().readAllBytes()).hasSize(5);
					}
					assertThat(output).containsOnlyOnce(CAME_BACK).containsOnlyOnce(SUSPECTED);
					assertThat(stats(context, "localhost:" + other.port()).leaks().suspected()).isZero();
				});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	@FaultCase(value = 60, through = Client.REST_CLIENT)
	void responseThatWasDroppedUnclosedIsReportedWithItsPlace(CapturedOutput output) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart");
			end.await();
		})) {
			TestRunners.application().withPropertyValues("tidepool.pool.leak-detection-threshold=1h").run((context) -> {
				open(context, server);
				UpstreamStats stats = stats(context, "localhost:" + server.port());
				Awaitility.await().until(() -> {
					System.gc();
					return output.getOut().contains(DROPPED);
				});
				Awaitility.await().until(() -> stats.connections(State.ACTIVE) == 0);
				assertThat(stats.closed(CloseReason.LEAK)).isOne();
				assertThat(stats.leaks().suspected()).isZero();
				assertThat(stats.leaks().places()).singleElement()
					.satisfies((place) -> assertThat(place.where())
						.startsWith(LeakDetectionTests.class.getName() + ".open("));
				assertThat(output).contains("\tat " + LeakDetectionTests.class.getName() + ".open(")
					.doesNotContain(CAME_BACK);
				Awaitility.await().until(() -> context.getBean(Upstreams.class).gate().active() == 0);
			});
			end.countDown();
		}
	}

	private long sweepAfter(Duration time) {
		long now = this.now.addAndGet(time.toNanos());
		return new IdleSweep(this.upstreams, new Canaries(), () -> {
		}).sweep(now);
	}

	private Upstream upstream(Duration threshold) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		PoolSettings pool = new PoolSettings(10, 10, Duration.ofSeconds(1), Duration.ofMinutes(10), 0, threshold);
		this.upstreams = new Upstreams(new UpstreamCatalog(new UpstreamSettings(null, pool, defaults.keepAlive(),
				defaults.timeout(), defaults.retry(), defaults.drain(), ResponseLimits.DEFAULTS, defaults.redirect(),
				defaults.proxy(), defaults.sslBundle()), Map.of()), 10, this.now::get);
		return this.upstreams.get(new UpstreamKey("http", "orders", 80, null));
	}

	private static ClientHttpResponse open(ApplicationContext context, ScriptedServer server) throws Exception {
		return context.getBean(ClientHttpRequestFactory.class)
			.createRequest(server.uri("/unclosed"), HttpMethod.GET)
			.execute();
	}

	private static UpstreamStats stats(ApplicationContext context, String tag) {
		return context.getBean(Upstreams.class)
			.stats()
			.stream()
			.filter((each) -> each.tag().equals(tag))
			.findFirst()
			.orElseThrow();
	}

}
