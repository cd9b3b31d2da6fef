package com.example.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import com.example.orders.OrdersApplication;

import dev.tidepool.testsupport.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The lab of the running application, for people and as JSON.
 */
@Tag("operator")
@Timeout(240)
@SpringBootTest(classes = { OrdersApplication.class, LabPageIT.ShortLab.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "orders.trickle=false", "server.address=127.0.0.1" })
class LabPageIT {

	private static final Semaphore END = new Semaphore(0);

	private final RestClient client = RestClient.builder()
		.requestFactory(new SimpleClientHttpRequestFactory())
		.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
		})
		.build();

	@LocalServerPort
	private String port;

	@Test
	void pageRunsTheLabAndShowsWhatItCounted() throws IOException {
		try (Chromium browser = Chromium.start()) {
			browser.open(url("/lab"), 1280, false);
			await().untilAsserted(() -> assertThat(text(browser, "#progress")).isIn("Not run yet", "Done"));
			browser.driver().findElement(By.id("run")).click();
			await().untilAsserted(() -> assertThat(text(browser, "#progress")).isEqualTo("2 of 2: Counting …"));
			assertThat(browser.driver().findElement(By.id("run")).isEnabled()).isFalse();
			assertThat(text(browser, "#setup")).contains("HttpComponentsClientHttpRequestFactoryBuilder as Spring Boot",
					"TidepoolClientHttpRequestFactoryBuilder");
			assertThat(start()).isEqualTo(HttpStatus.CONFLICT);
			END.release(2);
			await().untilAsserted(() -> assertThat(text(browser, "#progress")).isEqualTo("Done"));
			assertThat(texts(browser, "#rows tr")).containsExactly(
					"A client per request connections left open 3 1 Tidepool " + upstream(),
					"Counting things 3 3 no difference in process");
			assertThat(texts(browser, "#experiments section")).hasSize(2)
				.last()
				.asString()
				.contains("Set for plain Boot: a=b; for Tidepool: c=d", "2 IOException",
						"Plain Boot does as well here.");
			List<WebElement> bars = browser.driver().findElements(By.cssSelector(".headline rect"));
			assertThat(bars).extracting((bar) -> bar.getAttribute("width"))
				.containsExactly("100", "33.333333333333336", "100", "100");
			assertThat(browser.console()).isEmpty();
		}
	}

	@Test
	void resultsAreJson() {
		END.release(2);
		assertThat(start()).isEqualTo(HttpStatus.ACCEPTED);
		await().until(() -> !results().at("/running").asBoolean());
		JsonNode results = results();
		assertThat(results.at("/progress").asString()).isEqualTo("Done");
		assertThat(results.at("/comparisons").size()).isEqualTo(2);
		assertThat(results.at("/comparisons/0/plain/measures/2/name").asString()).isEqualTo("connections left open");
		assertThat(results.at("/comparisons/0/plain/measures/2/value").asInt()).isEqualTo(3);
		assertThat(results.at("/setup/upstreams").asString()).startsWith("Upstreams run ");
		assertThat(results.at("/comparisons/0/upstream").asString()).matches("nginx \\S+|in process");
		assertThat(results.at("/comparisons/1/upstream").asString()).isEqualTo("in process");
		assertThat(results.at("/comparisons/1/better").asString()).isEqualTo("NEITHER");
	}

	@Test
	void pageLoadsNothingFromElsewhere() {
		ResponseEntity<String> page = get("/lab");
		assertThat(page.getHeaders().getFirst("Content-Security-Policy")).contains("default-src 'none'",
				"script-src 'self'");
		assertThat(page.getBody()).doesNotContain("http:").doesNotContain("https:").doesNotContain("style=");
		assertThat(get("/lab/other.js").getStatusCode()).isEqualTo(HttpStatus.NOT_FOUND);
	}

	// It depends on what is installed
	private String upstream() {
		return results().at("/comparisons/0/upstream").asString();
	}

	private JsonNode results() {
		return new JsonMapper().readTree(get("/lab/results").getBody());
	}

	private HttpStatusCode start() {
		return this.client.post().uri(url("/lab/runs")).retrieve().toBodilessEntity().getStatusCode();
	}

	private ResponseEntity<String> get(String path) {
		return this.client.get().uri(url(path)).retrieve().toEntity(String.class);
	}

	private String url(String path) {
		return "http://127.0.0.1:" + this.port + path;
	}

	private static String text(Chromium browser, String selector) {
		return texts(browser, selector).get(0);
	}

	private static List<String> texts(Chromium browser, String selector) {
		return browser.driver().findElements(By.cssSelector(selector)).stream().map(WebElement::getText).toList();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions();
	}

	@TestConfiguration
	static class ShortLab {

		@Bean
		LabRuns labRuns() {
			return new LabRuns(
					(upstreams) -> List.of(new ClientPerRequest(upstreams, 3), new CountingExperiment(3, 3, END)));
		}

	}

}
