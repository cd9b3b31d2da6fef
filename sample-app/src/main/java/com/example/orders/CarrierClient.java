package com.example.orders;

import java.math.BigDecimal;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.service.annotation.PostExchange;

/**
 * Asks a carrier what a delivery would cost. How long one call may take is
 * {@code tidepool.upstreams.carriers.timeout.call}.
 */
interface CarrierClient {

	@PostExchange("/carriers/{carrier}/quotes")
	Quote quote(@PathVariable String carrier, @RequestBody Delivery delivery);

	/**
	 * What to deliver.
	 *
	 * @param sku what
	 * @param quantity how many
	 */
	record Delivery(String sku, int quantity) {
	}

	/**
	 * What a carrier asks for it.
	 *
	 * @param carrier who
	 * @param price how much
	 */
	record Quote(String carrier, BigDecimal price) {
	}

}
