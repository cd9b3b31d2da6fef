package com.example.upstreams;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * An inventory that is filled up again each night. Who watches something sees it sold,
 * one at a time.
 */
@RestController
class InventoryController {

	private static final int AVAILABLE = 100;

	private static final Duration SOLD_EVERY = Duration.ofMillis(500);

	private static final Map<String, Item> ITEMS = Map.of("barometer", new Item(new BigDecimal("85.00"), "A1"),
			"compass", new Item(new BigDecimal("30.00"), "B2"), "lantern", new Item(new BigDecimal("12.50"), "C3"));

	private final AtomicInteger watchers = new AtomicInteger();

	private final Scheduler scheduler;

	InventoryController(ScheduledExecutorService executor) {
		this.scheduler = Schedulers.fromExecutorService(executor);
	}

	@GetMapping("/stock/{sku}")
	Stock stock(@PathVariable String sku) {
		Latency.millis(15, 35);
		return new Stock(sku, AVAILABLE, item(sku).price());
	}

	@PutMapping("/reservations/{orderId}")
	Reservation reserve(@PathVariable String orderId, @RequestBody ReservationRequest request) {
		Latency.millis(20, 45);
		return new Reservation(orderId, item(request.sku()).shelf());
	}

	@GetMapping(path = "/stock/{sku}/changes", produces = MediaType.APPLICATION_NDJSON_VALUE)
	Flux<Stock> changes(@PathVariable String sku) {
		BigDecimal price = item(sku).price();
		return Flux.interval(Duration.ZERO, SOLD_EVERY, this.scheduler)
			.onBackpressureDrop()
			.map((sold) -> new Stock(sku, AVAILABLE - (int) (sold % AVAILABLE), price))
			.doOnSubscribe((subscription) -> this.watchers.incrementAndGet())
			.doFinally((signal) -> this.watchers.decrementAndGet());
	}

	@GetMapping("/watchers")
	int watchers() {
		return this.watchers.get();
	}

	private static Item item(String sku) {
		Item item = ITEMS.get(sku);
		if (item == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND);
		}
		return item;
	}

	private record Item(BigDecimal price, String shelf) {
	}

	record Stock(String sku, int available, BigDecimal price) {
	}

	record ReservationRequest(String sku, int quantity) {
	}

	record Reservation(String orderId, String shelf) {
	}

}
