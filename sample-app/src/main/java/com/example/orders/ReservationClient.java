package com.example.orders;

import java.util.Objects;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestTemplate;

/**
 * Has the inventory put things aside for an order. The second kind of client: a
 * {@link RestTemplate}, as older code has it. It calls the same upstream as the
 * {@link InventoryClient}, and so shares its connections. PUT is idempotent: it is
 * repeated when its connection is lost.
 */
@Component
class ReservationClient {

	private final RestTemplate restTemplate;

	ReservationClient(RestTemplateBuilder builder, @Value("${inventory.url}") String url) {
		this.restTemplate = builder.baseUri(url).build();
	}

	Reservation reserve(String orderId, OrderRequest request) {
		return Objects.requireNonNull(this.restTemplate
			.exchange("/reservations/{orderId}", HttpMethod.PUT, new HttpEntity<>(request), Reservation.class, orderId)
			.getBody());
	}

	/**
	 * Things put aside.
	 *
	 * @param orderId for which order
	 * @param shelf where they are
	 */
	record Reservation(String orderId, String shelf) {
	}

}
