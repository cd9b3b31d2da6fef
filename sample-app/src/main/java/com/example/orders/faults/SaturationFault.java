package com.example.orders.faults;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Calls the payment service, which has become slow, three times as often at a time as
 * {@code tidepool.upstreams.payment.pool.max-per-upstream} allows.
 */
@Component("saturation")
class SaturationFault implements Fault {

	private static final int CALLERS = 150;

	private final RestClient client;

	SaturationFault(RestClient client, @Value("${payment.url}") String url) {
		this.client = client.mutate().baseUrl(url).build();
	}

	@Override
	public void run(Duration length) throws InterruptedException {
		Callers.call(CALLERS, length, Duration.ZERO,
				() -> this.client.get().uri("/misbehaving/slow").retrieve().toBodilessEntity());
	}

}
