package com.example.orders;

import java.math.BigDecimal;

/**
 * An order that was accepted.
 *
 * @param id its identifier
 * @param sku what was ordered
 * @param quantity how many
 * @param total what they cost
 * @param shelf where the inventory put them aside
 * @param receipt the number of the payment's receipt
 */
record Order(String id, String sku, int quantity, BigDecimal total, String shelf, String receipt) {
}
