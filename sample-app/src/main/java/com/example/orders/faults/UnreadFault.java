package com.example.orders.faults;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Reads the beginning of large responses of the inventory, and closes them.
 */
@Component("unread")
class UnreadFault implements Fault {

	private static final int CALLERS = 2;

	private static final Duration PAUSE = Duration.ofMillis(50);

	private final RestClient client;

	UnreadFault(RestClient client, @Value("${inventory.url}") String url) {
		this.client = client.mutate().baseUrl(url).build();
	}

	@Override
	public void run(Duration length) throws InterruptedException {
		Callers.call(CALLERS, length, PAUSE,
				() -> this.client.get()
					.uri("/misbehaving/large")
					.exchange((request, response) -> response.getBody().read()));
	}

}
