package com.example.upstreams;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Starts a stand-in for each upstream whose address is not set, and sets its address.
 * Runs this early because addresses are needed before properties are bound. While those
 * that orders need are stand-ins, the trickle of made-up orders is on, and while all are,
 * faults can be tried, unless told otherwise; a real upstream gets neither. Idle
 * connections are closed after 2 s (inventory), 3 s (payment) and 5 s (carriers), or all
 * after {@code stand-in.keep-alive}.
 */
class EmbeddedUpstreams implements EnvironmentPostProcessor {

	private final Log logger;

	private final ConfigurableBootstrapContext bootstrapContext;

	EmbeddedUpstreams(DeferredLogFactory logFactory, ConfigurableBootstrapContext bootstrapContext) {
		this.logger = logFactory.getLog(EmbeddedUpstreams.class);
		this.bootstrapContext = bootstrapContext;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> properties = new LinkedHashMap<>();
		startUnlessSet("inventory.url", environment, properties, Duration.ofSeconds(2), InventoryController.class);
		startUnlessSet("payment.url", environment, properties, Duration.ofSeconds(3), PaymentController.class);
		boolean noneOfOrdersIsReal = properties.size() == 2;
		startUnlessSet("carriers.url", environment, properties, Duration.ofSeconds(5), CarrierController.class);
		boolean noneIsReal = properties.size() == 3;
		properties.put("orders.trickle", noneOfOrdersIsReal);
		properties.put("faults.enabled", noneIsReal);
		environment.getPropertySources().addLast(new MapPropertySource("embeddedUpstreams", properties));
	}

	private void startUnlessSet(String property, ConfigurableEnvironment environment, Map<String, Object> properties,
			Duration keepAlive, Class<?> controller) {
		if (StringUtils.hasText(environment.getProperty(property))) {
			return;
		}
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			// Only looked at, while the application is built
			properties.put(property, "http://localhost");
			return;
		}
		EmbeddedUpstream upstream = EmbeddedUpstream
			.start(environment.getProperty("stand-in.keep-alive", Duration.class, keepAlive), controller);
		properties.put(property, upstream.url());
		this.logger.info("%s is not set: started a stand-in, which tells what it has seen, at %s".formatted(property,
				upstream.url()));
		// Registered before any bean, so closed after all that may call it
		this.bootstrapContext
			.addCloseListener((event) -> ((DefaultSingletonBeanRegistry) event.getApplicationContext().getBeanFactory())
				.registerDisposableBean(property, upstream::close));
	}

}
