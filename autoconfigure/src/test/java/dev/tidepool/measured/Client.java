package dev.tidepool.measured;

import java.util.List;

/**
 * What an application calls its upstreams with.
 */
public enum Client {

	/**
	 * Boot as it is, with Apache HttpClient on the class path.
	 */
	PLAIN_BOOT("tidepool.enabled=false"),

	/**
	 * Boot as it is, with the JDK's own client.
	 */
	PLAIN_BOOT_WITH_JDK_CLIENT("tidepool.enabled=false", "spring.http.clients.imperative.factory=jdk"),

	TIDEPOOL;

	private final List<String> properties;

	Client(String... properties) {
		this.properties = List.of(properties);
	}

	public List<String> properties() {
		return this.properties;
	}

}
