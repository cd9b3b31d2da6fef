package dev.tidepool.actuate;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.hc.client5.http.DnsResolver;
import org.assertj.core.data.Percentage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.autoconfigure.TidepoolMetricsAutoConfiguration;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;
import dev.tidepool.testsupport.Tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the meters say of connections, their making and their end, and of waits that were
 * ended.
 */
@Timeout(60)
class ConnectionMetersTests {

	private static final String ENDLESS = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nstart";

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ScriptedResolver names = new ScriptedResolver();

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withBean(MeterRegistry.class, () -> this.registry)
		.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own");

	@AfterEach
	void stop() {
		this.stopped.countDown();
		this.names.release();
	}

	@Test
	void phasesOfAPlainConnectAreTimedOncePerConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				call(context, server.url());
				call(context, server.url());
				assertThat(phases()).isEqualTo(Map.of("dns", 1L, "tcp", 1L, "tls", 0L));
			});
			assertThat(server.accepted()).isOne();
		}
	}

	@Test
	void phasesOfATlsConnectAddUpToIt() throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				call(context, server.url());
				assertThat(phases()).isEqualTo(Map.of("dns", 1L, "tcp", 1L, "tls", 1L));
				assertThat(phasesTogether()).isPositive().isLessThanOrEqualTo(connects());
				// A busy machine may do something else between two phases, but not always
				Awaitility.await().untilAsserted(() -> {
					double phasesBefore = phasesTogether();
					double connectsBefore = connects();
					context.getBean(PoolControl.class).evictIdle();
					call(context, server.url());
					assertThat(phasesTogether() - phasesBefore).isCloseTo(connects() - connectsBefore,
							Percentage.withPercentage(90));
				});
			});
		}
	}

	@Test
	void handshakeThroughAProxyIsTimedAsOne() throws Exception {
		try (ScriptedServer secure = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
				ScriptedServer proxy = ScriptedServer.start(Tunnel::open)) {
			this.contextRunner.withPropertyValues("tidepool.proxy.url=" + proxy.url()).run((context) -> {
				call(context, secure.url());
				assertThat(phases()).isEqualTo(Map.of("dns", 1L, "tcp", 1L, "tls", 1L));
			});
			assertThat(secure.accepted()).isOne();
		}
	}

	@Test
	void phasesThatFailedAreNotTimed() throws Exception {
		ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
		server.close();
		this.contextRunner.withPropertyValues("tidepool.retry.enabled=false").run((context) -> {
			fails(context, server.url());
			assertThat(phases()).isEqualTo(Map.of("dns", 1L, "tcp", 0L, "tls", 0L));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "tls" })
	void responseThatDoesNotComeIsAnExpiryOfItsPhase(String kind) throws Exception {
		try (ScriptedServer server = start(kind, (exchange) -> this.stopped.await())) {
			this.contextRunner.withPropertyValues("tidepool.timeout.response=200ms").run((context) -> {
				fails(context, server.url());
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEqualTo(Map.of("response", 1.0));
			});
			Awaitility.await().until(() -> server.requests() == 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "plain, tidepool.timeout.read", "tls, tidepool.timeout.read", "plain, tidepool.timeout.call" })
	void bodyThatStallsIsAnExpiryOfReading(String kind, String property) throws Exception {
		try (ScriptedServer server = start(kind, this::stallInBody)) {
			// The deadline of the call covers connecting, and the head of the response
			String timeout = property.equals("tidepool.timeout.call") ? "2s" : "200ms";
			this.contextRunner.withPropertyValues(property + "=" + timeout).run((context) -> {
				fails(context, server.url());
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEqualTo(Map.of("read", 1.0));
				assertThat(counted(TidepoolMeter.DRAINS, "outcome")).isEmpty();
			});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void handshakeThatStallsIsAnExpiryOfItsPhase() throws Exception {
		// Connected by the kernel
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.contextRunner.withPropertyValues("tidepool.timeout.tls-handshake=200ms").run((context) -> {
				fails(context, "https://127.0.0.1:" + silent.getLocalPort());
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEqualTo(Map.of("tls-handshake", 1.0));
			});
		}
	}

	@Test
	void addressThatDoesNotAcceptIsAnExpiryOfConnecting() throws Exception {
		try (DeafServer deaf = DeafServer.start("127.0.0.1", 0)) {
			this.contextRunner.withPropertyValues("tidepool.timeout.connect=200ms").run((context) -> {
				fails(context, "http://127.0.0.1:" + deaf.port());
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEqualTo(Map.of("connect", 1.0));
				assertThat(phases()).isEqualTo(Map.of("dns", 1L, "tcp", 0L, "tls", 0L));
			});
		}
	}

	@Test
	void nameThatIsNotResolvedInTimeIsAnExpiryOfResolving() {
		this.contextRunner.withBean(DnsResolver.class, () -> this.names)
			.withPropertyValues("tidepool.timeout.connect=200ms")
			.run((context) -> {
				fails(context, "http://hanging:80");
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEqualTo(Map.of("resolve", 1.0));
				assertThat(phases()).isEqualTo(Map.of("dns", 0L, "tcp", 0L, "tls", 0L));
			});
		Awaitility.await().until(() -> this.names.started() == 1);
	}

	@Test
	void drainThatTakesTooLongIsGivenUpAndNoExpiry() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/short")) {
				exchange.respond(200, "x".repeat(1000));
			}
			else {
				exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart");
				this.stopped.await();
			}
		})) {
			this.contextRunner.withPropertyValues("tidepool.response.drain-max-time=2s").run((context) -> {
				status(context, server.url() + "/short");
				assertThat(counted(TidepoolMeter.DRAINS, "outcome")).isEqualTo(Map.of("drained", 1.0));
				status(context, server.url() + "/stall");
				assertThat(counted(TidepoolMeter.DRAINS, "outcome")).isEqualTo(Map.of("drained", 1.0, "given-up", 1.0));
				assertThat(counted(TidepoolMeter.EXPIRED, "phase")).isEmpty();
			});
			assertThat(server.requests()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "acquire-timeout, 1000", "max-pending, 0" })
	void callerWithoutAConnectionIsCountedByWhatRefusedIt(String reason, int maxPending) throws Exception {
		CountDownLatch arrived = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			arrived.countDown();
			this.stopped.await();
			exchange.respond(200, "fine");
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=100ms",
						"tidepool.pool.max-pending=" + maxPending)
				.run((context) -> {
					Thread holder = new Thread(() -> call(context, server.url()));
					holder.start();
					assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
					fails(context, server.url());
					assertThat(counted(TidepoolMeter.REFUSED, "reason")).isEqualTo(Map.of(reason, 1.0));
					this.stopped.countDown();
					holder.join();
				});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void requestsPerConnectionAndReuseAreToldFromTheStart() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(200, "fine", "Connection: " + exchange.request().header("X-Then")))) {
			this.contextRunner.run((context) -> {
				for (String then : new String[] { "keep-alive", "keep-alive", "close", "keep-alive" }) {
					context.getBean(RestClient.class)
						.get()
						.uri(server.url())
						.header("X-Then", then)
						.retrieve()
						.toBodilessEntity();
				}
				Awaitility.await().untilAsserted(() -> {
					assertThat(counted(TidepoolMeter.CLOSED, "reason")).isEqualTo(Map.of("connection-close", 1.0));
					assertThat(this.registry.get(TidepoolMeter.REQUESTS.meterName()).functionCounter().count())
						.isEqualTo(3);
					assertThat(gauge(TidepoolMeter.REUSE)).isEqualTo(0.5);
				});
			});
			assertThat(server.accepted()).isEqualTo(2);
		}
	}

	@Test
	void ageIsThatOfTheOldestConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				long before = System.nanoTime();
				call(context, server.url());
				double first = gauge(TidepoolMeter.OLDEST);
				assertThat(first).isPositive().isLessThanOrEqualTo((System.nanoTime() - before) / 1e9);
				call(context, server.url());
				assertThat(gauge(TidepoolMeter.OLDEST)).isGreaterThan(first);
				server.closeConnections();
				Awaitility.await().until(() -> gauge(TidepoolMeter.OLDEST) == 0);
			});
		}
	}

	@Test
	void keepAliveIsTheSmallestOfTheAddressesOfOneName() throws Exception {
		try (ScriptedServer one = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner
				.withPropertyValues(
						"tidepool.upstreams.orders.hosts=localhost:" + one.port() + ",localhost:" + other.port(),
						"tidepool.upstreams.orders.keep-alive.upstream-timeout=20s")
				.run((context) -> {
					call(context, one.url());
					call(context, other.url());
					assertThat(keepAlive("trusted")).isEqualTo(19);
					assertThat(keepAlive("configured")).isEqualTo(20);
					assertThat(keepAlive("learned")).isNaN();
					// Idle for long enough to be an idle time-out
					Awaitility.await().until(() -> gauge(TidepoolMeter.OLDEST) > 1);
					other.closeConnections();
					Awaitility.await().until(() -> keepAlive("learned") < 20);
					assertThat(keepAlive("trusted")).isStrictlyBetween(0.1, 19.0);
					assertThat(keepAlive("configured")).isEqualTo(20);
				});
		}
	}

	@Test
	void limitOfThePoolIsOfAllUpstreams() {
		this.contextRunner.withPropertyValues("tidepool.pool.max-total=321", "tidepool.pool.max-per-upstream=100")
			.run((context) -> assertThat(gauge(TidepoolMeter.POOL_MAX)).isEqualTo(321));
	}

	@Test
	void sweepIsYoungWhileTheSweeperRuns() {
		this.contextRunner.run((context) -> {
			Awaitility.await().until(() -> gauge(TidepoolMeter.SWEEP_AGE) > 0.2);
			double age = gauge(TidepoolMeter.SWEEP_AGE);
			Awaitility.await().until(() -> gauge(TidepoolMeter.SWEEP_AGE) < age);
		});
	}

	private void stallInBody(ScriptedServer.Exchange exchange) throws Exception {
		exchange.raw(ENDLESS);
		this.stopped.await();
	}

	private static ScriptedServer start(String kind, ScriptedServer.Script script) throws Exception {
		return kind.equals("tls") ? ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO, script)
				: ScriptedServer.start(script);
	}

	private static void call(ApplicationContext context, String url) {
		assertThat(context.getBean(RestClient.class).get().uri(url).retrieve().body(String.class)).isEqualTo("fine");
	}

	private static void fails(ApplicationContext context, String url) {
		assertThatExceptionOfType(RestClientException.class)
			.isThrownBy(() -> context.getBean(RestClient.class).get().uri(url).retrieve().body(String.class));
	}

	private static void status(ApplicationContext context, String url) {
		Integer status = context.getBean(RestClient.class)
			.get()
			.uri(url)
			.exchange((request, response) -> response.getStatusCode().value());
		assertThat(status).isEqualTo(200);
	}

	private double gauge(TidepoolMeter meter) {
		return this.registry.get(meter.meterName()).gauge().value();
	}

	private double keepAlive(String kind) {
		return this.registry.get(TidepoolMeter.KEEP_ALIVE.meterName()).tag("kind", kind).gauge().value();
	}

	private Map<String, Long> phases() {
		return timers(TidepoolMeter.CONNECT_PHASE, Timer::count);
	}

	private double phasesTogether() {
		return timers(TidepoolMeter.CONNECT_PHASE, (timer) -> timer.totalTime(TimeUnit.NANOSECONDS)).values()
			.stream()
			.mapToDouble(Double::doubleValue)
			.sum();
	}

	private double connects() {
		return this.registry.get(TidepoolMeter.CONNECT.meterName())
			.tag("outcome", "success")
			.timer()
			.totalTime(TimeUnit.NANOSECONDS);
	}

	private <V> Map<String, V> timers(TidepoolMeter meter, Function<Timer, V> value) {
		return this.registry.get(meter.meterName())
			.timers()
			.stream()
			.collect(Collectors.toMap((timer) -> timer.getId().getTag(meter.tags().get(0)), value));
	}

	private Map<String, Double> counted(TidepoolMeter meter, String tag) {
		return this.registry.get(meter.meterName())
			.functionCounters()
			.stream()
			.filter((counter) -> counter.count() > 0)
			.collect(Collectors.toMap((counter) -> counter.getId().getTag(tag), FunctionCounter::count));
	}

}
