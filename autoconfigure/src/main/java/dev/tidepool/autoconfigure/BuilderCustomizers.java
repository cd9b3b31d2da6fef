package dev.tidepool.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;

import dev.tidepool.HttpClientBuilderCustomizer;

/**
 * Applies Boot's customizers of request factory builders, and says which ones are for a
 * builder that is not in use here.
 */
final class BuilderCustomizers {

	private final ConfigurableListableBeanFactory beanFactory;

	BuilderCustomizers(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@SuppressWarnings("unchecked")
	ClientHttpRequestFactoryBuilder<?> customize(ClientHttpRequestFactoryBuilder<?> builder) {
		ClientHttpRequestFactoryBuilder<?>[] current = { builder };
		LambdaSafe
			.callbacks(ClientHttpRequestFactoryBuilderCustomizer.class,
					this.beanFactory.getBeanProvider(ClientHttpRequestFactoryBuilderCustomizer.class)
						.orderedStream()
						.toList(),
					builder)
			.invoke((customizer) -> current[0] = customizer.customize(current[0]));
		new UnusedCustomizers(this.beanFactory, ClientHttpRequestFactoryBuilderCustomizer.class,
				"Define a bean of type %s instead, set tidepool.* properties, or switch Tidepool off with tidepool.enabled=false"
					.formatted(HttpClientBuilderCustomizer.class.getName()))
			.warn(builder);
		return current[0];
	}

}
