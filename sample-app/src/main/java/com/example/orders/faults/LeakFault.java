package com.example.orders.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Takes responses of the inventory, and loses them after a while without closing them.
 * Their connections are gone from the pool until the garbage collector finds the
 * responses.
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
		hold(length);
		// Else it may take hours
		System.gc();
	}

	private void hold(Duration length) throws InterruptedException {
		List<ClientHttpResponse> responses = new ArrayList<>();
		for (int i = 0; i < RESPONSES; i++) {
			// The mistake: false means that the caller closes the response
			responses.add(this.client.get().uri("/stock/compass").exchange((request, response) -> response, false));
		}
		Thread.sleep(length.toMillis());
		responses.clear();
	}

}
