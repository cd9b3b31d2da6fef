package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import dev.tidepool.actuate.findings.Finding;

/**
 * Clients in this application that do not use the pool. Looks, once, at the beans that
 * exist when the application has started: not at lazy ones, nor at clients that are no
 * beans.
 */
final class PoolBypasses implements SmartInitializingSingleton, Supplier<List<Finding>> {

	private final ConfigurableListableBeanFactory beanFactory;

	private final List<ClientLook<?>> looks;

	private volatile List<Finding> found = List.of();

	PoolBypasses(ConfigurableListableBeanFactory beanFactory, List<ClientLook<?>> looks) {
		this.beanFactory = beanFactory;
		this.looks = looks;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> beans = new ArrayList<>();
		this.looks.forEach((look) -> look(look, beans));
		if (!beans.isEmpty()) {
			this.found = List.of(new Finding("bypasses-pool", null,
					"These beans do not use the pool: %s; build them with the RestClient.Builder, RestTemplateBuilder or WebClient.Builder that Spring Boot provides"
						.formatted(String.join(", ", beans)),
					null, null));
		}
	}

	@Override
	public List<Finding> get() {
		return this.found;
	}

	private void look(ClientLook<?> look, List<String> beans) {
		for (String name : this.beanFactory.getBeanNamesForType(look.type(), false, false)) {
			Object bean = this.beanFactory.getSingleton(name);
			if (bean != null && look.bypasses(bean)) {
				beans.add("%s (%s)".formatted(name, look.type().getSimpleName()));
			}
		}
	}

}
