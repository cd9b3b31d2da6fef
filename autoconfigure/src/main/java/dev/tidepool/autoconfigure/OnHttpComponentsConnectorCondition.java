package dev.tidepool.autoconfigure;

/**
 * Matches unless {@code spring.http.clients.reactive.connector} asks for another client.
 */
final class OnHttpComponentsConnectorCondition extends OnHttpComponentsCondition {

	OnHttpComponentsConnectorCondition() {
		super("spring.http.clients.reactive.connector");
	}

}
