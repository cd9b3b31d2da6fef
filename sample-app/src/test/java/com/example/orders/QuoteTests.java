package com.example.orders;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.client.RestClient;

import com.example.orders.CarrierClient.Quote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Quotes of carriers, of which some do not answer. The time-outs are those of the
 * application: how many carriers answer in time is not looked at, only that those that
 * never do cost nothing.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orders.trickle=false", "server.address=127.0.0.1" })
class QuoteTests {

	private static final ScriptedUpstream CARRIERS = start();

	@LocalServerPort
	private int port;

	@Autowired
	private ThreadPoolTaskExecutor applicationTaskExecutor;

	// Not on the pool, so that only the application's own connections are counted
	private final RestClient client = RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()).build();

	@DynamicPropertySource
	static void carriers(DynamicPropertyRegistry registry) {
		registry.add("carriers.url", CARRIERS::url);
	}

	@AfterAll
	static void stop() {
		CARRIERS.close();
	}

	@Test
	void carriersAnswer() {
		// The first may take longer than the time-out, as classes are loaded
		Quotes quotes = await().pollInSameThread()
			.atMost(Duration.ofMinutes(1))
			.until(() -> quotes("swift", "owl"), (body) -> body != null && body.complete());
		assertThat(quotes.missing()).isEmpty();
		assertThat(quotes.quotes()).containsExactly(new Quote("swift", new BigDecimal("4.50")),
				new Quote("owl", new BigDecimal("4.50")));
	}

	@Test
	void carrierThatFailsIsNotAskedAgain() {
		CARRIERS.on("/carriers/raven/quotes", (exchange) -> exchange.respond(503, ""));
		assertThat(status("raven")).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
		awaitNothingUnderWay();
		assertThat(CARRIERS.requests()).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	void carrierThatStallsIsMissingAndCostsNothing() {
		Quotes quotes = await().pollInSameThread()
			.atMost(Duration.ofMinutes(1))
			.until(() -> quotes("swift", "snail"), (body) -> body != null);
		assertThat(quotes.complete()).isFalse();
		assertThat(quotes.quotes()).extracting(Quote::carrier).containsExactly("swift");
		assertThat(quotes.missing()).containsExactly("snail");
		awaitNothingUnderWay();
	}

	@Test
	void noAnswerIsAnError() {
		CARRIERS.on("/carriers/snail/quotes", ScriptedUpstream.Exchange::stall);
		assertThat(status("snail", "snail", "snail")).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
		assertThat(CARRIERS.requests()).hasSizeLessThanOrEqualTo(3);
		awaitNothingUnderWay();
	}

	@Test
	void oneToEightCarriersCanBeAsked() {
		assertThat(status()).isEqualTo(HttpStatus.BAD_REQUEST);
		assertThat(status(IntStream.range(0, 9).mapToObj(Integer::toString).toArray(String[]::new)))
			.isEqualTo(HttpStatus.BAD_REQUEST);
	}

	private static ScriptedUpstream start() {
		try {
			ScriptedUpstream upstream = new ScriptedUpstream();
			for (String carrier : List.of("swift", "owl")) {
				upstream.on("/carriers/" + carrier + "/quotes", (exchange) -> {
					exchange.headers().set("Content-Type", "application/json");
					exchange.respond(200, "{\"carrier\":\"%s\",\"price\":4.50}".formatted(carrier));
				});
			}
			upstream.on("/carriers/snail/quotes", ScriptedUpstream.Exchange::stall);
			return upstream;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void awaitNothingUnderWay() {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			assertThat(this.applicationTaskExecutor.getActiveCount()).isZero();
			assertThat(this.applicationTaskExecutor.getQueueSize()).isZero();
			assertThat(meters()).contains("tidepool_connections{state=\"active\",upstream=\"carriers\"} 0.0");
		});
	}

	private String meters() {
		return this.client.get().uri(url("/actuator/prometheus")).retrieve().body(String.class);
	}

	private Quotes quotes(String... carriers) {
		return ask(carriers).exchange((request, response) -> response.getStatusCode().is2xxSuccessful()
				? response.bodyTo(Quotes.class) : null);
	}

	private HttpStatusCode status(String... carriers) {
		return ask(carriers).exchange((request, response) -> response.getStatusCode());
	}

	private RestClient.RequestBodySpec ask(String... carriers) {
		return this.client.post()
			.uri(url("/quotes"))
			.body(Map.of("sku", "compass", "quantity", 2, "carriers", List.of(carriers)));
	}

	private String url(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

}
