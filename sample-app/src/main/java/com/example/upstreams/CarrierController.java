package com.example.upstreams;

import java.math.BigDecimal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Carriers that take 100 ms, and 30 s for as many percent of their answers as they were
 * told to. Takes no threads meanwhile.
 */
@RestController
class CarrierController {

	private static final int USUAL_MILLIS = 100;

	private static final int STALL_MILLIS = 30_000;

	private volatile int stallingPercent;

	@PostMapping("/carriers/{carrier}/quotes")
	CompletableFuture<Quote> quote(@PathVariable String carrier, @RequestBody Delivery delivery) {
		boolean stalls = ThreadLocalRandom.current().nextInt(100) < this.stallingPercent;
		Quote quote = new Quote(carrier, new BigDecimal(2 + carrier.length()).multiply(new BigDecimal("0.95")));
		return CompletableFuture.supplyAsync(() -> quote,
				CompletableFuture.delayedExecutor(stalls ? STALL_MILLIS : USUAL_MILLIS, TimeUnit.MILLISECONDS));
	}

	@PutMapping("/stalling/{percent}")
	void stall(@PathVariable int percent) {
		this.stallingPercent = percent;
	}

	record Delivery(String sku, int quantity) {
	}

	record Quote(String carrier, BigDecimal price) {
	}

}
