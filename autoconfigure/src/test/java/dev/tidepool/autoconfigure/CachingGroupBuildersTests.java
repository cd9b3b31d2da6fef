package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CachingGroupBuilders}.
 */
class CachingGroupBuildersTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(HttpServiceClientPropertiesAutoConfiguration.class,
				HttpServiceClientAutoConfiguration.class))
		.withUserConfiguration(Groups.class)
		.withPropertyValues("spring.http.serviceclient.stock.base-url=https://stock.example.com/v1");

	@Test
	void groupsKeepUris() {
		this.contextRunner.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(2)
			.allSatisfy((uri) -> assertThat(uri).hasToString("https://stock.example.com/v1/items")));
	}

	@Test
	void buildersOfTheApplicationStay() {
		this.contextRunner.withUserConfiguration(OwnBuilders.class)
			.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(10)
				.allSatisfy((uri) -> assertThat(uri).hasToString("https://stock.example.com/v1/items")));
	}

	/**
	 * The URIs of ten calls, as far as they are not the same object.
	 */
	private static Set<URI> urisOfTenCalls(ApplicationContext context) {
		Stock stock = context.getBean(Stock.class);
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(stock::items);
		}
		return context.getBean(Recorder.class).uris;
	}

	/**
	 * A service.
	 */
	interface Stock {

		@GetExchange("/items")
		String items();

	}

	/**
	 * What is called.
	 */
	static final class Recorder implements RestClientHttpServiceGroupConfigurer {

		private final Set<URI> uris = Collections.newSetFromMap(new IdentityHashMap<>());

		@Override
		public void configureGroups(Groups<RestClient.Builder> groups) {
			groups.forEachClient((group, builder) -> builder.requestFactory((uri, method) -> {
				this.uris.add(uri);
				throw new IOException("Recorded");
			}));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "stock", types = Stock.class)
	static class Groups {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilders implements RestClientHttpServiceGroupConfigurer {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void configureGroups(Groups<RestClient.Builder> groups) {
			groups.forEachClient((group) -> RestClient.builder());
		}

	}

}
