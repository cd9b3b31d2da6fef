package dev.tidepool.autoconfigure;

import java.util.Map;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * Names the user's customizers of client builders that are for a builder which is not in
 * use here: they would be lost in silence.
 */
final class UnusedCustomizers {

	private static final Log logger = LogFactory.getLog(UnusedCustomizers.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<?> customizerType;

	private final String instead;

	UnusedCustomizers(ConfigurableListableBeanFactory beanFactory, Class<?> customizerType, String instead) {
		this.beanFactory = beanFactory;
		this.customizerType = customizerType;
		this.instead = instead;
	}

	void warn(Object builder) {
		Map<String, ?> customizers = this.beanFactory.getBeansOfType(this.customizerType);
		customizers.forEach((name, customizer) -> {
			Class<?> type = otherBuilderType(name, customizer.getClass(), builder);
			if (type != null && !isOfBoot(name)) {
				logger.warn("The %s '%s' is for %s and has no effect, since Tidepool builds the clients. %s"
					.formatted(this.customizerType.getSimpleName(), name, type.getSimpleName(), this.instead));
			}
		});
	}

	// What Boot brings for each client that it finds is nothing that a user would miss
	private boolean isOfBoot(String beanName) {
		if (!this.beanFactory.containsBeanDefinition(beanName)) {
			return false;
		}
		String factory = this.beanFactory.getMergedBeanDefinition(beanName).getFactoryBeanName();
		Class<?> type = (factory != null) ? this.beanFactory.getType(factory) : null;
		return type != null && type.getName().startsWith("org.springframework.boot.");
	}

	/**
	 * The type of builder that a customizer is for, if that is another one. Of a lambda,
	 * only its bean method tells; of what a method declares as the interface, only the
	 * class.
	 */
	private @Nullable Class<?> otherBuilderType(String beanName, Class<?> type, Object builder) {
		ResolvableType declared = this.beanFactory.containsBeanDefinition(beanName)
				? this.beanFactory.getMergedBeanDefinition(beanName).getResolvableType() : ResolvableType.NONE;
		return Stream.of(declared, ResolvableType.forClass(type))
			.map((each) -> each.as(this.customizerType).resolveGeneric(0))
			.flatMap(Stream::<Class<?>>ofNullable)
			.filter((each) -> !each.isInstance(builder))
			.findFirst()
			.orElse(null);
	}

}
