package com.example.orders;

import java.math.BigDecimal;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application with its own upstreams, called over HTTP. Keep-alive is long
 * here, so that a machine that stands still does not change the number of connections.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orders.trickle=false", "server.address=127.0.0.1", "stand-in.keep-alive=5m",
				"tidepool.upstreams.inventory.keep-alive.upstream-timeout=5m",
				"tidepool.upstreams.payment.keep-alive.upstream-timeout=5m",
				"tidepool.upstreams.inventory.timeout.response=1m" })
class SampleTests {

	@LocalServerPort
	private int port;

	@Value("${inventory.url}")
	private String inventoryUrl;

	@Value("${payment.url}")
	private String paymentUrl;

	// Not on the pool, so that only the application's own connections are counted
	private final RestClient client = RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()).build();

	@Test
	void orderIsMadeThroughEveryKindOfClient() {
		Visits inventory = Visits.of(this.client, this.inventoryUrl);
		Visits payment = Visits.of(this.client, this.paymentUrl);
		ResponseEntity<Order> response = order("compass", 2);
		assertThat(response.getStatusCode()).isEqualTo(HttpStatus.CREATED);
		Order order = response.getBody();
		assertThat(order.sku()).isEqualTo("compass");
		assertThat(order.quantity()).isEqualTo(2);
		// From the inventory through RestClient, through RestTemplate, and from payment
		assertThat(order.total()).isEqualByComparingTo(new BigDecimal("60.00"));
		assertThat(order.shelf()).isEqualTo("B2");
		assertThat(order.receipt()).matches("R-[0-9]+");
		assertThat(Visits.of(this.client, this.inventoryUrl).requests()).isEqualTo(inventory.requests() + 2);
		assertThat(Visits.of(this.client, this.paymentUrl).requests()).isEqualTo(payment.requests() + 1);
		assertThat(this.client.get().uri(response.getHeaders().getLocation()).retrieve().body(Order.class))
			.isEqualTo(order);
	}

	@Test
	void ordersOneAfterTheOtherUseOneConnectionPerUpstream() {
		for (int i = 0; i < 15; i++) {
			assertThat(order("lantern", 1).getStatusCode()).isEqualTo(HttpStatus.CREATED);
		}
		// Other tests may have been first, with orders one after the other, too
		Visits inventory = Visits.of(this.client, this.inventoryUrl);
		Visits payment = Visits.of(this.client, this.paymentUrl);
		assertThat(inventory.requests()).isGreaterThanOrEqualTo(30);
		assertThat(inventory.connections()).isOne();
		assertThat(payment.requests()).isGreaterThanOrEqualTo(15);
		assertThat(payment.connections()).isOne();
	}

	@Test
	void whatIsNotInTheInventoryIsNotPaid() {
		Visits payment = Visits.of(this.client, this.paymentUrl);
		assertThat(statusOf("albatross", 1)).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(statusOf("compass", 101)).isEqualTo(HttpStatus.CONFLICT);
		assertThat(statusOf("compass", 0)).isEqualTo(HttpStatus.BAD_REQUEST);
		assertThat(Visits.of(this.client, this.paymentUrl).requests()).isEqualTo(payment.requests());
	}

	@Test
	void metersNameTheUpstreams() {
		order("barometer", 1);
		assertThat(get("/actuator/prometheus")).contains("tidepool_connections{state=\"idle\",upstream=\"inventory\"}")
			.contains("tidepool_connections{state=\"idle\",upstream=\"payment\"}")
			.contains("tidepool_connections_max{upstream=\"payment\"} 50.0");
		assertThat(get("/actuator/metrics/tidepool.connections")).contains("inventory", "payment");
	}

	@Test
	void pageOfThePoolHasItsCharts() {
		order("barometer", 1);
		assertThat(get("/actuator/tidepool")).contains("\"name\":\"inventory\"");
		assertThat(get("/actuator/tidepooldashboard")).contains("tidepooldashboard/chart.js");
		assertThat(get("/actuator/tidepooldashboard/chart.js")).contains("Chart.js");
	}

	@Test
	void rootSaysWhatToOpen() {
		assertThat(get("/")).contains("http://127.0.0.1:" + this.port + "/orders", "/actuator/prometheus",
				"/actuator/metrics/tidepool.connections", "/actuator/tidepooldashboard");
	}

	@Test
	void trickleIsOff(@Autowired(required = false) Trickle trickle) {
		assertThat(trickle).isNull();
	}

	private ResponseEntity<Order> order(String sku, int quantity) {
		return request(sku, quantity).toEntity(Order.class);
	}

	private HttpStatusCode statusOf(String sku, int quantity) {
		return request(sku, quantity).onStatus(HttpStatusCode::isError, (request, response) -> {
		}).toBodilessEntity().getStatusCode();
	}

	private RestClient.ResponseSpec request(String sku, int quantity) {
		return this.client.post().uri(url("/orders")).body(Map.of("sku", sku, "quantity", quantity)).retrieve();
	}

	private String get(String path) {
		return this.client.get().uri(url(path)).retrieve().body(String.class);
	}

	private String url(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

}
