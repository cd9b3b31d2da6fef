package com.example.orders;

import java.math.BigDecimal;

import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.service.annotation.PostExchange;

/**
 * Has an order paid. The third kind of client: an HTTP service interface, whose base URL
 * is {@code spring.http.serviceclient.payment.base-url}. A POST that is sent twice is
 * paid twice, so it is not repeated, unless it says by an idempotency key that the
 * upstream can tell the second from the first.
 */
interface PaymentClient {

	@PostExchange("/payments")
	Receipt pay(@RequestHeader("Idempotency-Key") String idempotencyKey, @RequestBody Payment payment);

	/**
	 * What to pay.
	 *
	 * @param orderId for which order
	 * @param amount how much
	 */
	record Payment(String orderId, BigDecimal amount) {
	}

	/**
	 * What was paid.
	 *
	 * @param number the number of the receipt
	 * @param amount how much
	 */
	record Receipt(String number, BigDecimal amount) {
	}

}
