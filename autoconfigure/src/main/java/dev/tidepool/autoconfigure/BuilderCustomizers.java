package dev.tidepool.autoconfigure;

import java.util.Map;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.core.ResolvableType;

import dev.tidepool.HttpClientBuilderCustomizer;

/**
 * Applies Boot's customizers of request factory builders, and says which ones are for a
 * builder that is not in use here.
 */
final class BuilderCustomizers {

	private static final Log logger = LogFactory.getLog(BuilderCustomizers.class);

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
		warnOfUnused(builder);
		return current[0];
	}

	private void warnOfUnused(ClientHttpRequestFactoryBuilder<?> builder) {
		Map<String, ?> customizers = this.beanFactory.getBeansOfType(ClientHttpRequestFactoryBuilderCustomizer.class);
		customizers.forEach((name, customizer) -> {
			Class<?> type = otherBuilderType(name, customizer.getClass(), builder);
			if (type != null) {
				logger.warn(("The ClientHttpRequestFactoryBuilderCustomizer '%s' is for %s and has no effect, since "
						+ "Tidepool builds the clients. Define a bean of type %s instead, set tidepool.* properties, "
						+ "or switch Tidepool off with tidepool.enabled=false")
					.formatted(name, type.getSimpleName(), HttpClientBuilderCustomizer.class.getName()));
			}
		});
	}

	/**
	 * The type of builder that a customizer is for, if that is another one. Of a lambda,
	 * only its bean method tells; of what a method declares as the interface, only the
	 * class.
	 */
	private @Nullable Class<?> otherBuilderType(String beanName, Class<?> customizerType,
			ClientHttpRequestFactoryBuilder<?> builder) {
		ResolvableType declared = this.beanFactory.containsBeanDefinition(beanName)
				? this.beanFactory.getMergedBeanDefinition(beanName).getResolvableType() : ResolvableType.NONE;
		return Stream.of(declared, ResolvableType.forClass(customizerType))
			.map((type) -> type.as(ClientHttpRequestFactoryBuilderCustomizer.class).resolveGeneric(0))
			.flatMap(Stream::<Class<?>>ofNullable)
			.filter((type) -> !type.isInstance(builder))
			.findFirst()
			.orElse(null);
	}

}
