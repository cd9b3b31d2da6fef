package dev.tidepool.autoconfigure;

/**
 * Matches unless {@code spring.http.clients.imperative.factory} asks for another client.
 */
final class OnHttpComponentsFactoryCondition extends OnHttpComponentsCondition {

	OnHttpComponentsFactoryCondition() {
		super("spring.http.clients.imperative.factory");
	}

}
