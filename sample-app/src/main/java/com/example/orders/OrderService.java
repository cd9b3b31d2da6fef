package com.example.orders;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

import com.example.orders.InventoryClient.Stock;
import com.example.orders.PaymentClient.Payment;
import com.example.orders.PaymentClient.Receipt;
import com.example.orders.ReservationClient.Reservation;

/**
 * Takes orders: looks into the stock, puts aside, has it paid. Remembers the last of
 * them.
 */
@Service
class OrderService {

	private static final int REMEMBERED = 1000;

	private final InventoryClient inventory;

	private final ReservationClient reservations;

	private final PaymentClient payments;

	private final Map<String, Order> orders = Collections.synchronizedMap(new LastOrders());

	OrderService(InventoryClient inventory, ReservationClient reservations, PaymentClient payments) {
		this.inventory = inventory;
		this.reservations = reservations;
		this.payments = payments;
	}

	Order place(OrderRequest request) {
		Stock stock = this.inventory.stock(request.sku());
		if (stock.available() < request.quantity()) {
			throw new ResponseStatusException(HttpStatus.CONFLICT,
					"Of %s there are %d, not %d".formatted(stock.sku(), stock.available(), request.quantity()));
		}
		String id = UUID.randomUUID().toString();
		BigDecimal total = stock.price().multiply(BigDecimal.valueOf(request.quantity()));
		Reservation reservation = this.reservations.reserve(id, request);
		Receipt receipt = this.payments.pay(id, new Payment(id, total));
		Order order = new Order(id, request.sku(), request.quantity(), total, reservation.shelf(), receipt.number());
		this.orders.put(id, order);
		return order;
	}

	Optional<Order> find(String id) {
		return Optional.ofNullable(this.orders.get(id));
	}

	private static final class LastOrders extends LinkedHashMap<String, Order> {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Order> eldest) {
			return size() > REMEMBERED;
		}

	}

}
