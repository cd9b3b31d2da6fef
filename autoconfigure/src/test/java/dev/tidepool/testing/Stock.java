package dev.tidepool.testing;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * What users would test: a class that calls an upstream.
 */
@Component
class Stock {

	private final RestClient client;

	Stock(RestClient.Builder builder,
			@Value("${tidepool.upstreams.stock.base-url:http://stock.example.com}") String baseUrl) {
		this.client = builder.baseUrl(baseUrl).build();
	}

	String of(String product) {
		return this.client.get().uri("/stock/{product}", product).retrieve().body(String.class);
	}

}
