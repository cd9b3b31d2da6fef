package com.example.orders;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the sample application does on servlets as on WebFlux, started as its {@code main}
 * method does.
 */
@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
abstract class ModeContract {

	// Not on the pool, so that only the application's own connections are counted
	private final RestClient client = RestClient.builder()
		.requestFactory(new SimpleClientHttpRequestFactory())
		// Reactor Netty may stop reading a kept connection when the next request comes
		// early: github.com/reactor/reactor-netty/issues/4361
		.defaultHeader("Connection", "close")
		.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
		})
		.build();

	private Running application;

	/**
	 * Start the application in the mode that is tested.
	 */
	abstract Running start(String... args) throws Exception;

	@BeforeAll
	void start() throws Exception {
		this.application = start("--server.port=0", "--server.address=127.0.0.1", "--orders.trickle=false",
				"--tidepool.upstreams.inventory.timeout.response=1m");
	}

	@AfterAll
	void stop() throws Exception {
		this.application.close();
	}

	@Test
	void orderIsTakenAndFound() {
		ResponseEntity<Order> placed = order("compass").toEntity(Order.class);
		assertThat(placed.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		assertThat(placed.getHeaders().getLocation()).hasToString(url("/orders/" + placed.getBody().id()));
		assertThat(this.client.get().uri(placed.getHeaders().getLocation()).retrieve().body(Order.class))
			.isEqualTo(placed.getBody());
		assertThat(order("albatross").toBodilessEntity().getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
	}

	@Test
	void carriersAreAsked() {
		Map<String, Object> request = Map.of("sku", "compass", "quantity", 2, "carriers", List.of("swift", "owl"));
		// The first may take longer than the time-out, as classes are loaded
		await().pollInSameThread()
			.atMost(Duration.ofMinutes(1))
			.until(() -> this.client.post().uri(url("/quotes")).body(request).retrieve().body(String.class),
					(body) -> body.contains("\"complete\":true"));
	}

	@Test
	void stockIsStreamedUntilTheBrowserGoesAway() throws Exception {
		try (EventStream events = EventStream.open(url("/stock/compass"))) {
			assertThat(events.take(3)).containsExactly(stock(100), stock(99), stock(98));
			awaitWatchersWithAConnectionOfThePool(1);
		}
		awaitWatchersWithAConnectionOfThePool(0);
	}

	@Test
	void stockOfNothingIsNotFound() {
		ResponseEntity<String> response = this.client.get()
			.uri(url("/stock/albatross"))
			.retrieve()
			.toEntity(String.class);
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(response.getBody()).contains("There is no albatross");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			/,                                     /stock/compass
			/actuator,                             tidepooldashboard
			/actuator/health,                      UP
			/actuator/tidepool,                    '"name":"inventory"'
			/actuator/tidepool/inventory,          upstream-timeout
			/actuator/prometheus,                  'tidepool_connections{state="idle",upstream="inventory"}'
			/actuator/tidepooldashboard,           tidepooldashboard/chart.js
			/actuator/tidepooldashboard/chart.js,  Chart.js
			/actuator/tidepooldashboard/style.css, color
			""")
	void pageIsThere(String path, String content) {
		order("barometer").toBodilessEntity();
		assertPage(path, content);
	}

	@Test
	void labIsThereIfNoUpstreamCanBeReal() {
		assertPage("/lab", "lab/lab.js");
		assertPage("/lab/lab.js", "lab/results");
		assertPage("/lab/lab.css", "color");
		assertPage("/lab/results", "\"running\":false");
	}

	private void assertPage(String path, String content) {
		ResponseEntity<String> response = this.client.get().uri(url(path)).retrieve().toEntity(String.class);
		assertThat(response.getStatusCode()).as(path).isEqualTo(HttpStatus.OK);
		assertThat(response.getBody()).as(path).contains(content);
	}

	RestClient.ResponseSpec order(String sku) {
		return this.client.post().uri(url("/orders")).body(Map.of("sku", sku, "quantity", 1)).retrieve();
	}

	HttpStatusCode status(String path) {
		return this.client.get().uri(url(path)).retrieve().toBodilessEntity().getStatusCode();
	}

	private int watchers() {
		return this.client.get().uri(property("inventory.url") + "/watchers").retrieve().requiredBody(Integer.class);
	}

	private void awaitWatchersWithAConnectionOfThePool(int count) {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			assertThat(watchers()).isEqualTo(count);
			String pool = this.client.get().uri(url("/actuator/tidepool")).retrieve().body(String.class);
			assertThat(JsonPath.<List<Integer>>read(pool, "$.upstreams[?(@.name == 'inventory')].connections.active"))
				.containsExactly(count);
		});
	}

	private String url(String path) {
		return "http://127.0.0.1:" + property("local.server.port") + path;
	}

	private String property(String name) {
		return this.application.property(name);
	}

	private static String stock(int available) {
		return "{\"sku\":\"compass\",\"available\":%d,\"price\":30.00}".formatted(available);
	}

	/**
	 * The application, in this JVM or in one of its own.
	 */
	interface Running {

		String property(String name);

		void close() throws Exception;

	}

	record InThisJvm(ConfigurableApplicationContext context) implements Running {

		@Override
		public String property(String name) {
			return this.context.getEnvironment().getRequiredProperty(name);
		}

		@Override
		public void close() {
			this.context.close();
		}

	}

}
