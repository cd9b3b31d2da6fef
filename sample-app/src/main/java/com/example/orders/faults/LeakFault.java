package com.example.orders.faults;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Takes responses of the inventory and forgets to close them. Their connections are gone
 * from the pool until the garbage collector finds the responses.
 */
@Component("leak")
class LeakFault implements Fault {

	private static final int RESPONSES = 10;

	private final RestClient client;

	LeakFault(RestClient client, @Value("${inventory.url}") String url) {
		this.client = client.mutate().baseUrl(url).build();
	}

	@Override
	public void run(Duration length) throws InterruptedException {
		for (int i = 0; i < RESPONSES; i++) {
			// The mistake: false means that the caller closes the response
			this.client.get().uri("/stock/compass").exchange((request, response) -> response, false);
		}
		Thread.sleep(length.toMillis());
		// Else it may take hours
		System.gc();
	}

}
