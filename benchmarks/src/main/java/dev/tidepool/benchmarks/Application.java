package dev.tidepool.benchmarks;

import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * The application that the clients of Spring come from: as users have it, with a meter
 * registry.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {

	@Bean
	MeterRegistry meterRegistry() {
		return new SimpleMeterRegistry();
	}

	/**
	 * Start it.
	 * @param properties what its configuration says
	 * @param configuration what it has beside the auto-configuration
	 * @return its context
	 */
	static ConfigurableApplicationContext run(Map<String, Object> properties, Class<?>... configuration) {
		return new SpringApplicationBuilder(Application.class).sources(configuration)
			.properties(properties)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run();
	}

}
