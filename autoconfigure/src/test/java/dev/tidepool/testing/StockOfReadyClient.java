package dev.tidepool.testing;

import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * The same, with the ready client.
 */
@Component
class StockOfReadyClient {

	private final RestClient client;

	StockOfReadyClient(RestClient client) {
		this.client = client;
	}

	String of(String product) {
		return this.client.get().uri("http://stock.example.com/stock/{product}", product).retrieve().body(String.class);
	}

}
