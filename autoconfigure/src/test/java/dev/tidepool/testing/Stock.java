package dev.tidepool.testing;

import org.springframework.web.client.RestClient;

/**
 * What users would test: a class that calls an upstream.
 */
class Stock {

	static final String URL = "http://stock.example.com";

	private final RestClient client;

	Stock(RestClient client) {
		this.client = client;
	}

	String of(String sku) {
		return this.client.get().uri("/stock/{sku}", sku).retrieve().body(String.class);
	}

	/**
	 * Takes the builder, as Spring Boot's own documentation has it.
	 */
	static final class OfBuilder extends Stock {

		OfBuilder(RestClient.Builder builder) {
			super(builder.baseUrl(URL).build());
		}

	}

	/**
	 * Takes the ready client.
	 */
	static final class OfReadyClient extends Stock {

		OfReadyClient(RestClient client) {
			super(client.mutate().baseUrl(URL).build());
		}

	}

}
