package com.example.orders;

import org.springframework.web.client.RestClient;

/**
 * What an embedded upstream says that it has seen.
 *
 * @param requests so many requests
 * @param connections on so many connections
 */
record Visits(long requests, long connections) {

	static Visits of(RestClient client, String url) {
		return client.get().uri(url).retrieve().requiredBody(Visits.class);
	}

}
