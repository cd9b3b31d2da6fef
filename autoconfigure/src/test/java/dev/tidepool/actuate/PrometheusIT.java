package dev.tidepool.actuate;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.testsupport.PrometheusServer;
import dev.tidepool.testsupport.PrometheusServer.Metadata;
import dev.tidepool.testsupport.PrometheusServer.Verdict;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The meters as a real Prometheus has them that scrapes a real application.
 */
@Tag("operator")
class PrometheusIT {

	@Test
	void everyMeterIsScrapedWithItsHelpTextAndAllItsTags() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = start(server)) {
			call(context, server);
			try (PrometheusServer prometheus = PrometheusServer.scraping(endpoint(context))) {
				Map<String, Metadata> metadata = prometheus.metadata();
				for (TidepoolMeter meter : TidepoolMeter.values()) {
					String name = PrometheusNames.of(meter);
					// Some versions scrape OpenMetrics, which describes counters without
					// their ending
					Metadata known = metadata.getOrDefault(name, metadata.get(name.replaceAll("_total$", "")));
					assertThat(known).as(name).isEqualTo(new Metadata(type(meter), meter.description()));
					Map<Map<String, String>, Double> values = Awaitility.await()
						.until(() -> prometheus.query(PrometheusNames.ofSamples(meter)), (found) -> !found.isEmpty());
					assertThat(values).as(name).hasSize(MeterTags.combinations(meter));
					values.forEach((labels, value) -> {
						assertThat(labels.get("upstream")).as(name).isEqualTo(meter.isPerUpstream() ? "orders" : null);
						assertThat(labels.keySet()).as(name).containsAll(meter.tags());
					});
					MeterTags.of(meter)
						.forEach((tag, tagValues) -> assertThat(values.keySet()).as(name + " by " + tag)
							.extracting((labels) -> labels.get(tag))
							.containsOnly(tagValues.toArray(String[]::new)));
				}
				assertThat(metadata.keySet()).filteredOn((name) -> name.startsWith("tidepool_"))
					.as("what is declared")
					.hasSize(declared().size() + timers());
			}
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void valuesFollowTheCalls() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = start(server);
				PrometheusServer prometheus = PrometheusServer.scraping(endpoint(context))) {
			for (int i = 0; i < 4; i++) {
				call(context, server);
			}
			Awaitility.await()
				.untilAsserted(() -> assertThat(prometheus
					.query("tidepool_connections_usage_seconds_count - tidepool_connections_opened_total")).hasSize(1)
					.containsValue(3.0));
			// A scrape that takes too long on a busy machine ends all series until the
			// next
			Awaitility.await().untilAsserted(() -> {
				assertThat(prometheus.query("tidepool_connections_reuse").values()).containsExactly(0.75);
				assertThat(prometheus.query("tidepool_connections{state='idle'}").values()).containsExactly(1.0);
				assertThat(prometheus.query("tidepool_sweep_age_seconds").values()).singleElement()
					.satisfies((age) -> assertThat(age).isBetween(0.0, 10.0));
				assertThat(prometheus.query("tidepool_keepalive_seconds{kind='learned'}").values())
					.containsExactly(Double.NaN);
			});
			MeterDocumentationTests.QUERIES.values()
				.forEach((query) -> Awaitility.await()
					.untilAsserted(() -> assertThat(prometheus.query(query)).as(query).hasSize(1)));
		}
	}

	@Test
	void promtoolFindsNothingWrongWithAScrape() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				ConfigurableApplicationContext context = start(server)) {
			call(context, server);
			String scrape = RestClient.create().get().uri(endpoint(context)).retrieve().body(String.class);
			// Not all of Spring's and Micrometer's own would pass
			String ours = scrape.lines()
				.filter((line) -> line.replaceFirst("^# (HELP|TYPE) ", "").startsWith("tidepool_"))
				.collect(Collectors.joining("\n", "", "\n"));
			assertThat(ours).contains(declared());
			assertThat(PrometheusServer.check(ours)).isEqualTo(new Verdict(0, ""));
			// What is wrong would be seen
			assertThat(PrometheusServer.check(ours.replace("tidepool_drains_total", "tidepool_drains")).output())
				.contains("tidepool_drains");
		}
	}

	private static List<String> declared() {
		return Arrays.stream(TidepoolMeter.values())
			.map((meter) -> PrometheusNames.of(meter).replaceAll("_total$", ""))
			.toList();
	}

	// Each has its maximum as a gauge of its own
	private static int timers() {
		return (int) Arrays.stream(TidepoolMeter.values())
			.filter((meter) -> meter.type() == TidepoolMeter.Type.TIMER)
			.count();
	}

	private static String type(TidepoolMeter meter) {
		return switch (meter.type()) {
			case GAUGE -> "gauge";
			case COUNTER -> "counter";
			case TIMER -> "summary";
		};
	}

	private static ConfigurableApplicationContext start(ScriptedServer server) {
		SpringApplication application = new SpringApplication(WebApplication.class);
		application.setRegisterShutdownHook(false);
		return application.run("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--management.endpoints.web.exposure.include=prometheus", "--tidepool.keep-alive.upstream-timeout=10m",
				"--tidepool.upstreams.orders.base-url=" + server.url());
	}

	private static URI endpoint(ConfigurableApplicationContext context) {
		return URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/prometheus");
	}

	private static void call(ConfigurableApplicationContext context, ScriptedServer server) {
		assertThat(context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class))
			.isEqualTo("fine");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class WebApplication {

	}

}
