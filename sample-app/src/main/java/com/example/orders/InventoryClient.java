package com.example.orders;

import java.math.BigDecimal;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;

/**
 * Asks the inventory for its stock. The first kind of client: the ready
 * {@link RestClient} bean, given a base URL. An injected {@code RestClient.Builder} does
 * as well, and uses the same connections.
 */
@Component
class InventoryClient {

	private final RestClient restClient;

	InventoryClient(RestClient restClient, @Value("${inventory.url}") String url) {
		this.restClient = restClient.mutate().baseUrl(url).build();
	}

	Stock stock(String sku) {
		return this.restClient.get()
			.uri("/stock/{sku}", sku)
			.retrieve()
			.onStatus(HttpStatus.NOT_FOUND::isSameCodeAs, (request, response) -> {
				throw new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no " + sku);
			})
			.requiredBody(Stock.class);
	}

	/**
	 * What the inventory has of something.
	 *
	 * @param sku what
	 * @param available how many
	 * @param price the price of one
	 */
	record Stock(String sku, int available, BigDecimal price) {
	}

}
