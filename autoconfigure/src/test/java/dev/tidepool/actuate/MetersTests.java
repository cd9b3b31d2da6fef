package dev.tidepool.actuate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.autoconfigure.TidepoolAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolMetricsAutoConfiguration;
import dev.tidepool.autoconfigure.TidepoolReactiveAutoConfiguration;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an operator reads of the pool, after real calls.
 */
@Timeout(60)
class MetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ApplicationContextRunner contextRunner = runner(this.registry);

	static Stream<MeterRegistry> registries() {
		return Stream.of(new SimpleMeterRegistry(), new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
	}

	@ParameterizedTest
	@MethodSource("registries")
	void everyMeterIsRegisteredWithDescriptionUnitAndTags(MeterRegistry registry) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			runner(registry).run((context) -> {
				get(context, server);
				for (TidepoolMeter meter : TidepoolMeter.values()) {
					List<Meter> registered = List.copyOf(registry.find(meter.meterName()).meters());
					assertThat(registered).as(meter.name()).allSatisfy((each) -> {
						assertThat(each.getId().getDescription()).isEqualTo(meter.description());
						assertThat(each.getId().getBaseUnit())
							.isEqualTo(meter.unit().equals("seconds") ? "seconds" : null);
						assertThat(each).isInstanceOf(type(meter));
						assertThat(each.getId().getTag("upstream"))
							.isEqualTo(meter.isPerUpstream() ? "localhost:" + server.port() : null);
						assertThat(keys(each)).containsExactlyInAnyOrderElementsOf(Stream
							.concat(Stream.of("upstream").filter((key) -> meter.isPerUpstream()), meter.tags().stream())
							.toList());
					});
					assertThat(MeterTags.of(meter)).as(meter.name()).containsOnlyKeys(meter.tags());
					assertThat(registered).as(meter.name()).hasSize(MeterTags.combinations(meter));
					MeterTags.of(meter)
						.forEach((key, values) -> assertThat(registered).as(meter.name() + " by " + key)
							.extracting((each) -> each.getId().getTag(key))
							.containsOnly(values.toArray(String[]::new)));
				}
				assertThat(names(registry)).containsExactlyInAnyOrderElementsOf(
						Arrays.stream(TidepoolMeter.values()).map(TidepoolMeter::meterName).toList());
			});
		}
	}

	@Test
	void connectionIsActiveWhileACallIsInFlightAndIdleAfterIt() throws Exception {
		CountDownLatch arrived = new CountDownLatch(2);
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			arrived.countDown();
			end.await();
			exchange.respond(200, "fine");
		})) {
			this.contextRunner.run((context) -> {
				List<CompletableFuture<String>> calls = List.of(getInBackground(context, server),
						getInBackground(context, server));
				assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
				assertThat(gauge(TidepoolMeter.CONNECTIONS, "state", "active")).isEqualTo(2);
				assertThat(gauge(TidepoolMeter.CONNECTIONS, "state", "idle")).isZero();
				end.countDown();
				for (CompletableFuture<String> call : calls) {
					assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("fine");
				}
				assertThat(gauge(TidepoolMeter.CONNECTIONS, "state", "active")).isZero();
				assertThat(gauge(TidepoolMeter.CONNECTIONS, "state", "idle")).isEqualTo(2);
				assertThat(counter(TidepoolMeter.OPENED)).isEqualTo(2).isEqualTo(server.accepted());
				assertThat(timer(TidepoolMeter.CONNECT, "success").count()).isEqualTo(2);
				assertThat(timer(TidepoolMeter.CONNECT, "success").totalTime(TimeUnit.NANOSECONDS)).isPositive();
				get(context, server);
				assertThat(timer(TidepoolMeter.ACQUIRE, "success").count()).isEqualTo(3);
				assertThat(timer(TidepoolMeter.CONNECT, "success").count()).isEqualTo(2);
				assertThat(counter(TidepoolMeter.OPENED)).isEqualTo(2);
				assertThat(timer(TidepoolMeter.ACQUIRE, "failure").count()).isZero();
				assertThat(timer(TidepoolMeter.CONNECT, "failure").count()).isZero();
			});
		}
	}

	@Test
	void callerIsPendingWhileThePoolIsFullAndItsFailureIsTimed() throws Exception {
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			arrived.countDown();
			end.await();
			exchange.respond(200, "fine");
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=4s")
				.run((context) -> {
					CompletableFuture<String> holder = getInBackground(context, server);
					assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
					assertThat(gauge(TidepoolMeter.PENDING)).isZero();
					assertThat(gauge(TidepoolMeter.MAX)).isOne();
					CompletableFuture<String> waiter = getInBackground(context, server);
					Awaitility.await().until(() -> gauge(TidepoolMeter.PENDING) == 1);
					assertThat(waiter).failsWithin(30, TimeUnit.SECONDS);
					assertThat(gauge(TidepoolMeter.PENDING)).isZero();
					assertThat(timer(TidepoolMeter.ACQUIRE, "failure").count()).isOne();
					assertThat(timer(TidepoolMeter.ACQUIRE, "failure").totalTime(TimeUnit.MILLISECONDS))
						.isGreaterThan(1000);
					end.countDown();
					assertThat(holder.get(30, TimeUnit.SECONDS)).isEqualTo("fine");
					assertThat(timer(TidepoolMeter.ACQUIRE, "success").count()).isOne();
				});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void refusedConnectIsTimedAsAFailureAndItsRepeatsAreCounted() throws Exception {
		ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
		server.close();
		this.contextRunner.withPropertyValues("tidepool.retry.backoff.initial=1ms").run((context) -> {
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(context, server));
			assertThat(timer(TidepoolMeter.CONNECT, "failure").count()).isEqualTo(3);
			assertThat(timer(TidepoolMeter.CONNECT, "success").count()).isZero();
			assertThat(counter(TidepoolMeter.OPENED)).isZero();
			assertThat(retries()).containsOnly(Map.entry("connect/failure", 2.0),
					Map.entry("connect/no-attempts-left", 1.0));
		});
	}

	@ParameterizedTest
	@EnumSource(value = CloseReason.class, mode = EnumSource.Mode.EXCLUDE,
			names = { "SHUT_DOWN", "TLS_ROTATED", "LEAK" })
	void closeIsCountedByItsReason(CloseReason reason) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			switch (exchange.request().path()) {
				case "/close" -> exchange.respond(200, "fine", "Connection: close");
				case "/reset" -> exchange.reset();
				case "/lost" -> {
					if (exchange.request().onConnection() > 1) {
						exchange.reset();
					}
					else {
						exchange.respond(200, "fine");
					}
				}
				case "/unasked" -> exchange.raw("HTTP/1.1 204 No Content\r\n\r\nunasked");
				case "/stall" -> end.await();
				case "/endless" -> {
					exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\nstart");
					end.await();
				}
				default -> exchange.respond(200, "fine");
			}
		}); ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues(propertiesFor(reason)).run((context) -> {
				cause(reason, context, server, other);
				Awaitility.await().until(() -> !closes(server).isEmpty());
				assertThat(closes(server)).isEqualTo(Map.of(reason.tag(), 1.0));
				end.countDown();
			});
		}
	}

	private static String[] propertiesFor(CloseReason reason) {
		return switch (reason) {
			case IDLE ->
				new String[] { "tidepool.keep-alive.upstream-timeout=50ms", "tidepool.keep-alive.learn=false" };
			case LIFETIME -> new String[] { "tidepool.pool.max-lifetime=50ms" };
			case REQUESTS -> new String[] { "tidepool.keep-alive.max-requests=1" };
			case SHRINK -> new String[] { "tidepool.pool.max-total=1", "tidepool.pool.max-per-upstream=1" };
			case ERROR -> new String[] { "tidepool.retry.enabled=false" };
			case DEADLINE -> new String[] { "tidepool.timeout.response=100ms" };
			// Closing the response reads on for as long as this
			case UNREAD_RESPONSE -> new String[] { "tidepool.timeout.read=200ms" };
			case CONNECTION_CLOSE, PEER_CLOSED_IDLE, PEER_CLOSED_ON_REUSE, UNASKED_BYTES, TLS_ROTATED, LEAK, CANCELLED,
					SHUT_DOWN ->
				new String[0];
		};
	}

	private static void cause(CloseReason reason, ApplicationContext context, ScriptedServer server,
			ScriptedServer other) throws Exception {
		RestClient client = context.getBean(RestClient.Builder.class).build();
		switch (reason) {
			case IDLE, LIFETIME, REQUESTS, TLS_ROTATED, LEAK, SHUT_DOWN -> get(context, server);
			case SHRINK -> {
				get(context, server);
				get(context, other);
			}
			case CONNECTION_CLOSE -> client.get().uri(server.url() + "/close").retrieve().toBodilessEntity();
			case ERROR -> assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri(server.url() + "/reset").retrieve().toBodilessEntity());
			case DEADLINE -> assertThatExceptionOfType(ResourceAccessException.class)
				.isThrownBy(() -> client.get().uri(server.url() + "/stall").retrieve().toBodilessEntity());
			case UNASKED_BYTES -> client.get().uri(server.url() + "/unasked").retrieve().toBodilessEntity();
			case PEER_CLOSED_IDLE -> {
				get(context, server);
				server.closeConnections();
			}
			case PEER_CLOSED_ON_REUSE -> {
				get(context, server);
				client.get().uri(server.url() + "/lost").retrieve().toBodilessEntity();
			}
			case UNREAD_RESPONSE ->
				client.get().uri(server.url() + "/endless").exchange((request, response) -> response.getStatusCode());
			case CANCELLED -> {
				Disposable call = webClient(context).get()
					.uri(server.url() + "/stall")
					.retrieve()
					.toBodilessEntity()
					.subscribe();
				Awaitility.await().until(() -> server.requests() == 1);
				call.dispose();
			}
		}
	}

	@Test
	void closeOfThePoolIsCountedAsShutDown() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			List<UpstreamStats> stats = new ArrayList<>();
			this.contextRunner.run((context) -> {
				get(context, server);
				stats.addAll(context.getBean(Upstreams.class).stats());
				assertThat(closes(server)).isEmpty();
			});
			// The meters are gone by now: read what they were read from
			assertThat(stats).singleElement()
				.satisfies((each) -> assertThat(each.closed(CloseReason.SHUT_DOWN)).isOne());
			Awaitility.await().until(() -> server.open() == 0);
		}
	}

	@Test
	void repeatsAreCountedByCauseAndOutcome() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			boolean first = exchange.attempt() == 1;
			switch (exchange.request().path()) {
				case "/lost" -> {
					if (first) {
						exchange.reset();
					}
					else {
						exchange.respond(200, "fine");
					}
				}
				case "/busy" -> exchange.respond(first ? 503 : 200, "");
				case "/always-busy" -> exchange.respond(503, "");
				case "/later" -> exchange.respond(503, "", "Retry-After: 120");
				default -> exchange.respond(404, "");
			}
		})) {
			this.contextRunner.withPropertyValues("tidepool.retry.backoff.initial=1ms", "tidepool.retry.max-attempts=2")
				.run((context) -> {
					call(context, server, "/lost");
					assertThat(retries()).containsOnly(Map.entry("lost/success", 1.0));
					call(context, server, "/busy");
					assertThat(retries()).containsOnly(Map.entry("lost/success", 1.0),
							Map.entry("status/success", 1.0));
					assertThatExceptionOfType(RestClientResponseException.class)
						.isThrownBy(() -> call(context, server, "/always-busy"));
					assertThatExceptionOfType(RestClientResponseException.class)
						.isThrownBy(() -> call(context, server, "/later"));
					assertThat(retries()).containsOnly(Map.entry("lost/success", 1.0), Map.entry("status/success", 1.0),
							Map.entry("status/failure", 1.0), Map.entry("status/no-attempts-left", 1.0),
							Map.entry("status/retry-after-too-long", 1.0));
				});
			assertThat(server.requests("/always-busy")).isEqualTo(2);
			assertThat(server.requests("/later")).isOne();
		}
	}

	@Test
	void budgetThatIsLeftGoesDownWithEachRepeatAndEndsThem() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, ""))) {
			this.contextRunner
				.withPropertyValues("tidepool.retry.backoff.initial=1ms", "tidepool.retry.budget.ratio=0.001",
						"tidepool.retry.budget.min-per-second=0", "tidepool.retry.max-attempts=4")
				.run((context) -> {
					assertThatExceptionOfType(RestClientResponseException.class)
						.isThrownBy(() -> call(context, server, "/1"));
					assertThat(gauge(TidepoolMeter.RETRY_BUDGET)).isEqualTo(7);
					for (int i = 2; i <= 4; i++) {
						String path = "/" + i;
						assertThatExceptionOfType(RestClientResponseException.class)
							.isThrownBy(() -> call(context, server, path));
					}
					assertThat(gauge(TidepoolMeter.RETRY_BUDGET)).isZero();
					assertThat(retries()).containsOnly(Map.entry("status/failure", 10.0),
							Map.entry("status/no-attempts-left", 3.0), Map.entry("status/no-budget-left", 1.0));
				});
			assertThat(server.requests()).isEqualTo(14);
		}
	}

	@Test
	void upstreamIsTaggedWithItsConfiguredNameElseWithHostAndPort() throws Exception {
		try (ScriptedServer orders = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ScriptedServer moreOrders = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ScriptedServer unnamed = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.orders.hosts=localhost:" + orders.port() + ",localhost:"
						+ moreOrders.port(), "tidepool.upstreams.orders.pool.max-per-upstream=7")
				.run((context) -> {
					for (ScriptedServer server : List.of(orders, moreOrders, unnamed)) {
						get(context, server);
					}
					assertThat(upstreams()).containsExactlyInAnyOrder("orders", "localhost:" + unnamed.port());
					assertThat(opened("orders")).isEqualTo(2);
					assertThat(opened("localhost:" + unnamed.port())).isOne();
					// Two hosts with seven each
					assertThat(gauge(TidepoolMeter.MAX, "upstream", "orders")).isEqualTo(14);
				});
		}
	}

	@Test
	void namesBeyondAHundredShareOne() throws Exception {
		List<ScriptedServer> servers = new ArrayList<>();
		try {
			for (int i = 0; i < 103; i++) {
				servers.add(ScriptedServer.start((exchange) -> exchange.respond(200, "fine")));
			}
			// For as long as a hundred calls take
			this.contextRunner.withPropertyValues("tidepool.keep-alive.upstream-timeout=10m").run((context) -> {
				for (int i = 0; i < 100; i++) {
					get(context, servers.get(i));
				}
				assertThat(upstreams()).hasSize(100).doesNotContain("other");
				for (int i = 100; i < 103; i++) {
					get(context, servers.get(i));
				}
				get(context, servers.get(0));
				assertThat(upstreams()).hasSize(101).contains("other", "localhost:" + servers.get(99).port());
				assertThat(opened("other")).isEqualTo(3);
				assertThat(opened("localhost:" + servers.get(0).port())).isOne();
			});
		}
		finally {
			for (ScriptedServer server : servers) {
				server.close();
			}
		}
	}

	@ParameterizedTest
	@MethodSource("registries")
	void metersAreGoneOnceTheContextIsClosed(MeterRegistry registry) throws Exception {
		registry.counter("own").increment();
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			runner(registry).run((context) -> {
				get(context, server);
				assertThat(names(registry)).isNotEmpty();
			});
		}
		assertThat(names(registry)).isEmpty();
		assertThat(registry.find("own").counter()).isNotNull();
	}

	@Test
	void metersAreInEachOfSeveralRegistriesAndGoFromEach() throws Exception {
		PrometheusMeterRegistry second = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withBean("second", MeterRegistry.class, () -> second).run((context) -> {
				get(context, server);
				assertThat(opened("localhost:" + server.port())).isOne();
				assertThat(second.get("tidepool.connections.opened").functionCounter().count()).isOne();
				assertThat(second.get("tidepool.connections.connect").tag("outcome", "success").timer().count())
					.isOne();
			});
		}
		assertThat(names(this.registry)).isEmpty();
		assertThat(names(second)).isEmpty();
	}

	@Test
	void prometheusShowsEveryMeterUnderItsName() throws Exception {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			runner(prometheus).run((context) -> {
				get(context, server);
				assertThatEveryMeterIsIn(prometheus.scrape(), "localhost:" + server.port());
			});
		}
		assertThat(prometheus.scrape()).doesNotContain("tidepool");
	}

	static void assertThatEveryMeterIsIn(String scrape, String upstream) {
		String tag = "upstream=\"" + upstream + "\"";
		Map<TidepoolMeter, List<String>> samples = new LinkedHashMap<>();
		samples.put(TidepoolMeter.CONNECTIONS, List.of("tidepool_connections{state=\"active\"," + tag + "} 0.0",
				"tidepool_connections{state=\"idle\"," + tag + "} 1.0"));
		samples.put(TidepoolMeter.MAX, List.of("tidepool_connections_max{" + tag + "} 200.0"));
		samples.put(TidepoolMeter.PENDING, List.of("tidepool_connections_pending{" + tag + "} 0.0"));
		samples.put(TidepoolMeter.ACQUIRE,
				List.of("tidepool_connections_acquire_seconds_count{outcome=\"success\"," + tag + "} 1",
						"tidepool_connections_acquire_seconds_sum{outcome=\"success\"," + tag + "} ",
						"tidepool_connections_acquire_seconds_max{outcome=\"success\"," + tag + "} "));
		samples.put(TidepoolMeter.USAGE, List.of("tidepool_connections_usage_seconds_count{" + tag + "} 1",
				"tidepool_connections_usage_seconds_sum{" + tag + "} "));
		samples.put(TidepoolMeter.CONNECT,
				List.of("tidepool_connections_connect_seconds_count{outcome=\"success\"," + tag + "} 1",
						"tidepool_connections_connect_seconds_count{outcome=\"failure\"," + tag + "} 0"));
		samples.put(TidepoolMeter.OPENED, List.of("tidepool_connections_opened_total{" + tag + "} 1.0"));
		samples.put(TidepoolMeter.CLOSED,
				List.of("tidepool_connections_closed_total{reason=\"idle\"," + tag + "} 0.0"));
		samples.put(TidepoolMeter.RETRIES,
				List.of("tidepool_retries_total{cause=\"lost\",outcome=\"no-attempts-left\"," + tag + "} 0.0"));
		samples.put(TidepoolMeter.LEAKS_SUSPECTED, List.of("tidepool_leaks_suspected_total{" + tag + "} 0.0"));
		samples.put(TidepoolMeter.RETRY_BUDGET, List.of("tidepool_retries_budget{" + tag + "} 100.0"));
		samples.put(TidepoolMeter.POOL_MAX, List.of("tidepool_pool_max 1000.0"));
		samples.put(TidepoolMeter.REFUSED,
				List.of("tidepool_connections_acquire_refused_total{reason=\"max-pending\"," + tag + "} 0.0"));
		samples.put(TidepoolMeter.CONNECT_PHASE,
				List.of("tidepool_connections_connect_phase_seconds_count{phase=\"dns\"," + tag + "} 1",
						"tidepool_connections_connect_phase_seconds_count{phase=\"tcp\"," + tag + "} 1",
						"tidepool_connections_connect_phase_seconds_count{phase=\"tls\"," + tag + "} 0"));
		samples.put(TidepoolMeter.OLDEST, List.of("tidepool_connections_oldest_seconds{" + tag + "} "));
		samples.put(TidepoolMeter.REQUESTS, List.of("tidepool_connections_requests_total{" + tag + "} 0.0"));
		samples.put(TidepoolMeter.REUSE, List.of("tidepool_connections_reuse{" + tag + "} 0.0"));
		samples.put(TidepoolMeter.KEEP_ALIVE, List.of("tidepool_keepalive_seconds{kind=\"trusted\"," + tag + "} 4.0",
				"tidepool_keepalive_seconds{kind=\"learned\"," + tag + "} NaN"));
		samples.put(TidepoolMeter.EXPIRED,
				List.of("tidepool_deadlines_expired_total{phase=\"response\"," + tag + "} 0.0"));
		samples.put(TidepoolMeter.DRAINS, List.of("tidepool_drains_total{outcome=\"given-up\"," + tag + "} 0.0"));
		samples.put(TidepoolMeter.SWEEP_AGE, List.of("tidepool_sweep_age_seconds "));
		assertThat(samples).containsOnlyKeys(TidepoolMeter.values());
		samples.forEach((meter, lines) -> assertThat(scrape).as(meter.name())
			.contains(lines)
			.contains("# HELP " + lines.get(0).replaceFirst("(_count)?[{ ].*", "") + " " + meter.description()));
		assertThat(scrape.lines().filter((line) -> line.startsWith("tidepool_")).map((line) -> line.split("[{ ]")[0]))
			.noneMatch((name) -> name.endsWith("_created") || name.endsWith("_info"));
	}

	private static ApplicationContextRunner runner(MeterRegistry registry) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TidepoolAutoConfiguration.class,
					TidepoolReactiveAutoConfiguration.class, TidepoolMetricsAutoConfiguration.class,
					HttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
					MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
			.withBean("registry", MeterRegistry.class, () -> registry);
	}

	private static String get(ApplicationContext context, ScriptedServer server) {
		return read(context.getBean(RestClient.Builder.class).build(), server.url());
	}

	private static WebClient webClient(ApplicationContext context) {
		return WebClient.builder().clientConnector(context.getBean(ClientHttpConnectorBuilder.class).build()).build();
	}

	private static CompletableFuture<String> getInBackground(ApplicationContext context, ScriptedServer server) {
		// A thread for each: the common pool may have only one
		return CompletableFuture.supplyAsync(() -> get(context, server), (task) -> new Thread(task).start());
	}

	private static String read(RestClient client, String uri) {
		return client.get().uri(uri).retrieve().body(String.class);
	}

	private static void call(ApplicationContext context, ScriptedServer server, String path) {
		context.getBean(RestClient.Builder.class)
			.build()
			.get()
			.uri(server.url() + path)
			.header("X-Id", path)
			.retrieve()
			.toBodilessEntity();
	}

	private double gauge(TidepoolMeter meter, String... tags) {
		return this.registry.get(meter.meterName()).tags(tags).gauge().value();
	}

	private double counter(TidepoolMeter meter, String... tags) {
		return this.registry.get(meter.meterName()).tags(tags).functionCounter().count();
	}

	private double opened(String upstream) {
		return counter(TidepoolMeter.OPENED, "upstream", upstream);
	}

	private Timer timer(TidepoolMeter meter, String outcome) {
		return this.registry.get(meter.meterName()).tag("outcome", outcome).timer();
	}

	/**
	 * The repeats that were counted, by cause and outcome.
	 */
	private Map<String, Double> retries() {
		return nonZero(Search.in(this.registry).name("tidepool.retries"), "cause", "outcome");
	}

	/**
	 * The closes that were counted for a server, by reason.
	 */
	private Map<String, Double> closes(ScriptedServer server) {
		return nonZero(Search.in(this.registry)
			.name("tidepool.connections.closed")
			.tag("upstream", "localhost:" + server.port()), "reason");
	}

	private static Map<String, Double> nonZero(Search search, String... keys) {
		return search.functionCounters()
			.stream()
			.filter((counter) -> counter.count() > 0)
			.collect(Collectors.toMap(
					(counter) -> Arrays.stream(keys).map(counter.getId()::getTag).collect(Collectors.joining("/")),
					FunctionCounter::count));
	}

	private Set<String> upstreams() {
		return this.registry.find("tidepool.connections.max")
			.meters()
			.stream()
			.map((meter) -> meter.getId().getTag("upstream"))
			.collect(Collectors.toSet());
	}

	private static Set<String> names(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map((meter) -> meter.getId().getName())
			.filter((name) -> name.startsWith("tidepool"))
			.collect(Collectors.toSet());
	}

	private static List<String> keys(Meter meter) {
		return meter.getId().getTags().stream().map(Tag::getKey).toList();
	}

	private static Class<?> type(TidepoolMeter meter) {
		return switch (meter.type()) {
			case GAUGE -> Gauge.class;
			case COUNTER -> FunctionCounter.class;
			case TIMER -> Timer.class;
		};
	}

}
