package com.example.orders;

import org.springframework.util.Assert;

/**
 * What a customer asks for.
 *
 * @param sku what to order
 * @param quantity how many
 */
record OrderRequest(String sku, int quantity) {

	OrderRequest {
		Assert.hasText(sku, "'sku' must not be empty");
		Assert.isTrue(quantity > 0, "'quantity' must be at least 1");
	}

}
