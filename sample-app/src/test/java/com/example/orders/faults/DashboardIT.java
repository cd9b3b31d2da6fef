package com.example.orders.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import com.example.orders.OrdersApplication;

import dev.tidepool.testsupport.PrometheusServer;
import dev.tidepool.testsupport.PrometheusServer.Rule;
import dev.tidepool.testsupport.PrometheusServer.Verdict;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The Grafana dashboard and the Prometheus rules of {@code docs}, against a real
 * Prometheus that scrapes this application while it takes orders and every fault is made.
 */
@Tag("operator")
class DashboardIT {

	private static final Path DOCS = Path.of("..", "docs");

	private static final Path RULES = DOCS.resolve("prometheus/tidepool-rules.yml");

	private static ConfigurableApplicationContext context;

	private static PrometheusServer prometheus;

	@BeforeAll
	static void start() throws IOException {
		context = new SpringApplicationBuilder(OrdersApplication.class).run("--server.port=0",
				"--server.address=127.0.0.1", "--tidepool.pool.leak-detection-threshold=1s");
		String port = property("local.server.port");
		prometheus = PrometheusServer.scraping(URI.create("http://127.0.0.1:" + port + "/actuator/prometheus"), RULES);
		// What grew before it was scraped for the first time has not increased
		awaitData("tidepool_leaks_suspected_total{upstream=\"inventory\"}");
		quotesThatComeTooLate(port);
		RunningFaults faults = new RunningFaults(port);
		faults.start("leak", 3);
		faults.start("saturation", 6);
		faults.start("unread", 4);
		faults.start("failure", 8);
		// The last, as its alert is about what is now, and ends with the application
		faults.start("keep-alive", 300);
	}

	private static void quotesThatComeTooLate(String port) {
		RestClient client = RestClient.builder()
			.requestFactory(new SimpleClientHttpRequestFactory())
			.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
			})
			.build();
		client.put().uri(property("carriers.url") + "/stalling/100").retrieve().toBodilessEntity();
		Map<String, Object> request = Map.of("sku", "compass", "quantity", 1, "carriers",
				List.of("swift", "snail", "owl", "crane"));
		for (int i = 0; i < 6; i++) {
			client.post().uri("http://127.0.0.1:" + port + "/quotes").body(request).retrieve().toBodilessEntity();
		}
	}

	@AfterAll
	static void stop() throws IOException {
		if (prometheus != null) {
			prometheus.close();
		}
		context.close();
	}

	@Test
	void everyQueryOfTheDashboardReturnsData() throws IOException {
		List<String> queries = dashboard().path("panels")
			.valueStream()
			.flatMap((panel) -> panel.path("targets").valueStream())
			.map((target) -> substituted(target.path("expr").asString()))
			.toList();
		assertThat(queries).hasSizeGreaterThan(30).doesNotHaveDuplicates();
		for (String query : queries) {
			assertThat(query).doesNotContain("$");
			awaitData(query);
		}
	}

	@Test
	void everyVariableOfTheDashboardHasValues() throws IOException {
		Pattern labelValues = Pattern.compile("label_values\\((.+), (\\w+)\\)");
		List<String> definitions = dashboard().path("templating")
			.path("list")
			.valueStream()
			.filter((variable) -> variable.path("type").asString().equals("query"))
			.map((variable) -> variable.path("definition").asString())
			.toList();
		assertThat(definitions).hasSize(3);
		for (String definition : definitions) {
			Matcher matcher = labelValues.matcher(substituted(definition));
			assertThat(matcher.matches()).as(definition).isTrue();
			awaitData("count by (%2$s) (%1$s{%2$s!=\"\"})".formatted(matcher.group(1), matcher.group(2))
				.replace("}{", ", "));
		}
	}

	@Test
	void everyRuleIsEvaluatedAndHasData() throws IOException {
		List<Rule> rules = prometheus.rules();
		assertThat(rules).hasSizeGreaterThan(20);
		await().untilAsserted(() -> assertThat(prometheus.rules()).extracting(Rule::health).containsOnly("ok"));
		for (String metric : metricsOf(rules)) {
			awaitData(metric);
		}
	}

	@Test
	void everyFaultRaisesItsAlert() throws IOException {
		Set<String> raised = new TreeSet<>();
		await().untilAsserted(() -> {
			raised.addAll(raised());
			assertThat(raised).contains("TidepoolLeak", "TidepoolLeakSuspected", "TidepoolCallersWait",
					"TidepoolCallersRefused", "TidepoolKeepAliveMismatch", "TidepoolResponsesUnread",
					"TidepoolUpstreamFailing", "TidepoolRetriesDenied", "TidepoolDeadlinesExpire");
		});
		assertThat(raised).doesNotContain("TidepoolNearMaxTotal", "TidepoolDnsSlow", "TidepoolTlsSlow",
				"TidepoolSweeperNotRunning");
	}

	@Test
	void promtoolFindsNothingWrongWithTheRulesAndTheirTestsPass() throws Exception {
		Verdict check = PrometheusServer.promtool("", "check", "rules", RULES.toString());
		assertThat(check.exitCode()).as(check.output()).isZero();
		Path tests = DOCS.resolve("prometheus/tidepool-rules-test.yml");
		Verdict test = PrometheusServer.promtool("", "test", "rules", tests.toString());
		assertThat(test.exitCode()).as(test.output()).isZero();
		String text = Files.readString(tests);
		assertThat(alerts()).isNotEmpty()
			.allSatisfy((alert) -> assertThat(text).contains("name: '" + alert + " fires: ",
					"name: '" + alert + " is silent: "));
	}

	private static JsonNode dashboard() throws IOException {
		return new JsonMapper().readTree(Files.readString(DOCS.resolve("grafana/tidepool.json")));
	}

	private static String substituted(String query) {
		return query.replaceAll("\\$(job|instance|upstream)", ".*").replace("$__rate_interval", "1m");
	}

	private static Set<String> metricsOf(List<Rule> rules) {
		Set<String> metrics = rules.stream()
			.flatMap((rule) -> Pattern.compile("[\\w:]*tidepool_[\\w:]+").matcher(rule.query()).results())
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
		rules.stream().filter((rule) -> rule.state().isEmpty()).map(Rule::name).forEach(metrics::add);
		return metrics;
	}

	private static Set<String> alerts() throws IOException {
		return prometheus.rules()
			.stream()
			.filter((rule) -> !rule.state().isEmpty())
			.map(Rule::name)
			.collect(Collectors.toSet());
	}

	private static Set<String> raised() throws IOException {
		return prometheus.rules()
			.stream()
			.filter((rule) -> rule.state().equals("pending") || rule.state().equals("firing"))
			.map(Rule::name)
			.collect(Collectors.toSet());
	}

	private static void awaitData(String query) {
		await().untilAsserted(() -> assertThat(prometheus.query(query)).as(query).isNotEmpty());
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(120));
	}

	private static String property(String name) {
		return context.getEnvironment().getRequiredProperty(name);
	}

}
