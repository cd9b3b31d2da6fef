package com.example.orders;

import java.util.List;

import org.springframework.util.Assert;

/**
 * What is to be delivered, and who is to say for how much.
 *
 * @param sku what to deliver
 * @param quantity how many
 * @param carriers whom to ask
 */
record QuoteRequest(String sku, int quantity, List<String> carriers) {

	private static final int MAX_CARRIERS = 8;

	QuoteRequest {
		Assert.hasText(sku, "'sku' must not be empty");
		Assert.isTrue(quantity > 0, "'quantity' must be at least 1");
		Assert.isTrue(carriers != null && !carriers.isEmpty() && carriers.size() <= MAX_CARRIERS,
				"'carriers' must name 1 to " + MAX_CARRIERS);
		carriers = List.copyOf(carriers);
	}

}
