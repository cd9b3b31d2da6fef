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
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * HTTP service groups, on RestClient and on WebClient, that keep what is made of URI
 * templates.
 */
class CachingGroupsTests {

	private static final String CALLED = "https://stock.example.com/v1/items";

	private final ApplicationContextRunner contextRunner = TestRunners.applicationWithBothClients()
		.withConfiguration(AutoConfigurations.of(HttpServiceClientPropertiesAutoConfiguration.class,
				HttpServiceClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class))
		.withPropertyValues("spring.http.serviceclient.stock.base-url=https://stock.example.com/v1");

	@Test
	void groupsOnRestClientKeepUris() {
		this.contextRunner.withUserConfiguration(RestClientGroups.class)
			.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(2).allSatisfy(this::isCalled));
	}

	@Test
	void groupsOnWebClientKeepUris() {
		this.contextRunner.withUserConfiguration(WebClientGroups.class)
			.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(4).allSatisfy(this::isCalled));
	}

	@Test
	void buildersOfTheApplicationStay() {
		this.contextRunner.withUserConfiguration(RestClientGroups.class, OwnRestClients.class)
			.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(10).allSatisfy(this::isCalled));
		this.contextRunner.withUserConfiguration(WebClientGroups.class, OwnWebClients.class)
			.run((context) -> assertThat(urisOfTenCalls(context)).hasSize(10).allSatisfy(this::isCalled));
	}

	private void isCalled(URI uri) {
		assertThat(uri).hasToString(CALLED);
	}

	/**
	 * The URIs of ten calls, as far as they are not the same object.
	 */
	private static Set<URI> urisOfTenCalls(ApplicationContext context) {
		Stock stock = context.getBean(Stock.class);
		for (int i = 0; i < 10; i++) {
			assertThatException().isThrownBy(stock::items).havingRootCause().withMessage("Recorded");
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
	static final class Recorder {

		private final Set<URI> uris = Collections.newSetFromMap(new IdentityHashMap<>());

		IOException record(URI uri) {
			this.uris.add(uri);
			return new IOException("Recorded");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "stock", types = Stock.class)
	static class RestClientGroups {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		RestClientHttpServiceGroupConfigurer recording(Recorder recorder) {
			return (groups) -> groups.forEachClient((group, builder) -> builder.requestFactory((uri, method) -> {
				throw recorder.record(uri);
			}));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "stock", types = Stock.class, clientType = ClientType.WEB_CLIENT)
	static class WebClientGroups {

		@Bean
		Recorder recorder() {
			return new Recorder();
		}

		@Bean
		WebClientHttpServiceGroupConfigurer recording(Recorder recorder) {
			return (groups) -> groups.forEachClient((group, builder) -> builder.filter((request, next) -> {
				throw new IllegalStateException(recorder.record(request.url()));
			}));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRestClients implements RestClientHttpServiceGroupConfigurer {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void configureGroups(Groups<RestClient.Builder> groups) {
			groups.forEachClient((group) -> RestClient.builder());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnWebClients implements WebClientHttpServiceGroupConfigurer {

		@Override
		public int getOrder() {
			return Ordered.HIGHEST_PRECEDENCE;
		}

		@Override
		public void configureGroups(Groups<WebClient.Builder> groups) {
			groups.forEachClient((group) -> WebClient.builder());
		}

	}

}
