package com.example.orders.faults;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Calls the inventory where it always answers with 503. Repeats do not help, and soon
 * their budget is used up.
 */
@Component("failure")
class FailureFault implements Fault {

	private static final int CALLERS = 8;

	private static final Duration PAUSE = Duration.ofMillis(50);

	private final RestClient client;

	FailureFault(RestClient client, @Value("${inventory.url}") String url) {
		this.client = client.mutate().baseUrl(url).build();
	}

	@Override
	public void run(Duration length) throws InterruptedException {
		Callers.call(CALLERS, length, PAUSE,
				() -> this.client.get().uri("/misbehaving/failing").retrieve().toBodilessEntity());
	}

}
