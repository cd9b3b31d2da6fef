package com.example.lab;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.ssl.SslBundle;

/**
 * Whose clients are used. Everything else is the same: the code that calls, the upstream,
 * Spring Boot and HttpClient.
 */
enum Side {

	/**
	 * Spring Boot's own request factory on HttpClient 5, as it is without Tidepool.
	 */
	PLAIN("plain Boot", Map.of("tidepool.enabled", "false")),

	/**
	 * Tidepool.
	 */
	TIDEPOOL("Tidepool", Map.of());

	private final String label;

	private final Map<String, String> properties;

	Side(String label, Map<String, String> properties) {
		this.label = label;
		this.properties = properties;
	}

	String label() {
		return this.label;
	}

	/**
	 * Start an application that has nothing but HTTP clients.
	 * @param properties its properties
	 * @param bundles its SSL bundles, by name
	 * @return its clients
	 */
	Clients start(Map<String, String> properties, Map<String, SslBundle> bundles) {
		Map<String, Object> all = new HashMap<>(properties);
		all.putAll(this.properties);
		return new Clients(all, bundles);
	}

	Clients start(Map<String, String> properties) {
		return start(properties, Map.of());
	}

}
