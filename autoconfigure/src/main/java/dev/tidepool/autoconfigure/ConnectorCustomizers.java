package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.util.LambdaSafe;

/**
 * Applies Boot's customizers of connector builders, and says which ones are for a builder
 * that is not in use here.
 */
final class ConnectorCustomizers {

	private final ConfigurableListableBeanFactory beanFactory;

	ConnectorCustomizers(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@SuppressWarnings("unchecked")
	ClientHttpConnectorBuilder<?> customize(ClientHttpConnectorBuilder<?> builder) {
		ClientHttpConnectorBuilder<?>[] current = { builder };
		LambdaSafe.callbacks(ClientHttpConnectorBuilderCustomizer.class,
				this.beanFactory.getBeanProvider(ClientHttpConnectorBuilderCustomizer.class).orderedStream().toList(),
				builder)
			.invoke((customizer) -> current[0] = customizer.customize(current[0]));
		new UnusedCustomizers(this.beanFactory, ClientHttpConnectorBuilderCustomizer.class,
				"Set tidepool.* properties or spring.http.clients.* instead, or leave WebClient to another client "
						+ "with spring.http.clients.reactive.connector")
			.warn(builder);
		return current[0];
	}

}
