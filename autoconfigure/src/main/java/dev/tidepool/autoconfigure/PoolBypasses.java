package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.autoconfigure.PoolProbe.Answer;

/**
 * Clients in this application that do not use the pool. Looks, once, at the beans that
 * exist when the application has started: not at lazy ones, nor at clients that are no
 * beans.
 */
final class PoolBypasses implements SmartInitializingSingleton, Supplier<List<Finding>> {

	private final ConfigurableListableBeanFactory beanFactory;

	private volatile List<Finding> found = List.of();

	PoolBypasses(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<String> beans = new ArrayList<>();
		look(RestClient.class, PoolProbe::ask, beans);
		look(RestTemplate.class, (template) -> PoolProbe.ask(template.getRequestFactory()), beans);
		look(ClientHttpRequestFactory.class, PoolProbe::ask, beans);
		if (!beans.isEmpty()) {
			this.found = List.of(new Finding("bypasses-pool", null,
					"These beans do not use the pool: %s; build them with the RestClient.Builder or the RestTemplateBuilder that Spring Boot provides"
						.formatted(String.join(", ", beans)),
					null, null));
		}
	}

	@Override
	public List<Finding> get() {
		return this.found;
	}

	private <T> void look(Class<T> type, Function<T, Answer> ask, List<String> beans) {
		for (String name : this.beanFactory.getBeanNamesForType(type, false, false)) {
			Object bean = this.beanFactory.getSingleton(name);
			if (type.isInstance(bean) && ask.apply(type.cast(bean)) == Answer.BYPASSES) {
				beans.add("%s (%s)".formatted(name, type.getSimpleName()));
			}
		}
	}

}
