package com.example.upstreams;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * A payment service that knows a payment again by its idempotency key.
 */
@RestController
class PaymentController {

	private final AtomicLong number = new AtomicLong();

	private final Map<String, Receipt> receipts = Collections.synchronizedMap(new LastReceipts());

	@PostMapping("/payments")
	Receipt pay(@RequestHeader("Idempotency-Key") String idempotencyKey, @RequestBody Payment payment) {
		Latency.millis(30, 80);
		return this.receipts.computeIfAbsent(idempotencyKey,
				(key) -> new Receipt("R-" + this.number.incrementAndGet(), payment.amount()));
	}

	record Payment(String orderId, BigDecimal amount) {
	}

	record Receipt(String number, BigDecimal amount) {
	}

	private static final class LastReceipts extends LinkedHashMap<String, Receipt> {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Receipt> eldest) {
			return size() > 10_000;
		}

	}

}
