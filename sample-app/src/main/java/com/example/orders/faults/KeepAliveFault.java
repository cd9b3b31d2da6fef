package com.example.orders.faults;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Has the inventory close idle connections earlier than
 * {@code tidepool.upstreams.inventory.keep-alive.upstream-timeout} says, as after a
 * change that nobody was told of.
 */
@Component("keep-alive")
class KeepAliveFault implements Fault {

	private static final int CALLERS = 4;

	// Longer than the time-outs, the short and the right one
	private static final Duration PAUSE = Duration.ofSeconds(3);

	private static final int MILLIS = 600;

	private final RestClient client;

	// Not on the pool: it is not the application that changes a server
	private final RestClient operator;

	KeepAliveFault(RestClient client, @Value("${inventory.url}") String url) {
		this.client = client.mutate().baseUrl(url).build();
		this.operator = RestClient.builder().baseUrl(url).requestFactory(new SimpleClientHttpRequestFactory()).build();
	}

	@Override
	public Duration length() {
		return Duration.ofMinutes(3);
	}

	@Override
	public void run(Duration length) throws InterruptedException {
		this.operator.put()
			.uri("/misbehaving/keep-alive?millis={millis}&seconds={seconds}", MILLIS, length.toSeconds())
			.retrieve()
			.toBodilessEntity();
		// Some more, so that it is seen that the inventory is right again
		Callers.call(CALLERS, length.plus(PAUSE), PAUSE,
				() -> this.client.get().uri("/stock/compass").retrieve().toBodilessEntity());
	}

}
