package com.example.orders.faults;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Makes faults as a user does.
 */
final class RunningFaults {

	// Not on the pool, whose meters are looked at
	private final RestClient client;

	RunningFaults(String port) {
		this.client = RestClient.builder()
			.baseUrl("http://127.0.0.1:" + port)
			.requestFactory(new SimpleClientHttpRequestFactory())
			.defaultStatusHandler(HttpStatusCode::isError, (request, response) -> {
			})
			.build();
	}

	/**
	 * Begin a fault, once the one before is over.
	 */
	void start(String name, int seconds) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
			HttpStatusCode status = post(name, seconds);
			assertThat(status).isIn(HttpStatus.ACCEPTED, HttpStatus.CONFLICT);
			return status == HttpStatus.ACCEPTED;
		});
	}

	HttpStatusCode post(String name, int seconds) {
		return this.client.post()
			.uri("/faults/{name}?seconds={seconds}", name, seconds)
			.retrieve()
			.toBodilessEntity()
			.getStatusCode();
	}

}
