package com.example.orders;

import java.util.List;

import com.example.orders.CarrierClient.Quote;

/**
 * What came in time.
 *
 * @param complete whether every carrier answered
 * @param quotes the answers
 * @param missing the carriers that did not answer, or not in time
 */
record Quotes(boolean complete, List<Quote> quotes, List<String> missing) {
}
