package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.client.BufferingClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.autoconfigure.PoolProbe.Answer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which clients are found to bypass the pool, without a request of theirs.
 */
class PoolBypassesTests {

	private static final ClientHttpRequestInterceptor FAILING = (request, body, execution) -> {
		throw new IOException("No interceptor is to be asked");
	};

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolFindingsAutoConfiguration.class));

	@Test
	void clientsOfBootsBuildersUseThePool() {
		this.contextRunner.run((context) -> {
			RestClient.Builder builder = context.getBean(RestClient.Builder.class);
			ClientHttpRequestFactory factory = context.getBean(ClientHttpRequestFactory.class);
			assertThat(PoolProbe.ask(builder.build())).isEqualTo(Answer.POOLED);
			assertThat(PoolProbe.ask(builder.requestInterceptor(FAILING).requestInitializer((request) -> {
				throw new IllegalStateException("No initializer is to be asked");
			})
				.defaultRequest((request) -> request.header("X-Default", "value"))
				.defaultApiVersion("1")
				.baseUrl("http://localhost/base")
				.bufferContent((uri, method) -> true)
				.build())).isEqualTo(Answer.POOLED);
			RestTemplate template = context.getBean(RestTemplateBuilder.class).interceptors(FAILING).build();
			assertThat(PoolProbe.ask(template.getRequestFactory())).isEqualTo(Answer.POOLED);
			assertThat(PoolProbe.ask(RestClient.create(template))).isEqualTo(Answer.POOLED);
			assertThat(PoolProbe.ask(new BufferingClientHttpRequestFactory(factory))).isEqualTo(Answer.POOLED);
			ClientHttpRequestFactory ownWrapper = factory::createRequest;
			assertThat(PoolProbe.ask(ownWrapper)).isEqualTo(Answer.POOLED);
			assertThat(PoolProbe.ask(RestClient.builder().requestFactory(ownWrapper).build())).isEqualTo(Answer.POOLED);
		});
	}

	static List<ClientHttpRequestFactory> otherFactories() {
		return List.of(new SimpleClientHttpRequestFactory(), new JdkClientHttpRequestFactory(),
				new HttpComponentsClientHttpRequestFactory(),
				new BufferingClientHttpRequestFactory(new SimpleClientHttpRequestFactory()));
	}

	@ParameterizedTest
	@MethodSource("otherFactories")
	void clientsWithOtherFactoriesBypassIt(ClientHttpRequestFactory factory) {
		assertThat(PoolProbe.ask(factory)).isEqualTo(Answer.BYPASSES);
		assertThat(PoolProbe.ask(RestClient.builder().requestFactory(factory).build())).isEqualTo(Answer.BYPASSES);
		assertThat(PoolProbe.ask(RestClient.builder().requestFactory(factory).requestInterceptor(FAILING).build()))
			.isEqualTo(Answer.BYPASSES);
		assertThat(PoolProbe.ask(new RestTemplate(factory).getRequestFactory())).isEqualTo(Answer.BYPASSES);
	}

	@Test
	void nothingIsSaidOfClientsThatDoNotAnswer() {
		ClientHttpRequestFactory refusing = (uri, method) -> {
			throw new IOException("Unknown host " + uri);
		};
		assertThat(PoolProbe.ask(refusing)).isEqualTo(Answer.UNKNOWN);
		assertThat(PoolProbe.ask(RestClient.builder().requestFactory(refusing).build())).isEqualTo(Answer.UNKNOWN);
		assertThat(PoolProbe.ask(Mockito.mock(RestClient.class))).isEqualTo(Answer.UNKNOWN);
	}

	@Test
	void requestIsMadeButNotExecuted() {
		AtomicInteger made = new AtomicInteger();
		AtomicInteger executed = new AtomicInteger();
		ClientHttpRequestFactory counting = (uri, method) -> {
			made.incrementAndGet();
			return new MockClientHttpRequest(method, uri) {

				@Override
				protected ClientHttpResponse executeInternal() {
					executed.incrementAndGet();
					return new MockClientHttpResponse();
				}

			};
		};
		assertThat(PoolProbe.ask(counting)).isEqualTo(Answer.BYPASSES);
		assertThat(PoolProbe.ask(RestClient.builder().requestFactory(counting).build())).isEqualTo(Answer.BYPASSES);
		assertThat(made).hasValue(2);
		assertThat(executed).hasValue(0);
	}

	@Test
	void applicationOfBootsBuildersHasNoFinding() {
		this.contextRunner.run((context) -> assertThat(context.getBean(Findings.class).current()).isEmpty());
	}

	@Test
	void beansThatBypassThePoolAreNamed() {
		this.contextRunner.withUserConfiguration(OwnClients.class)
			.run((context) -> assertThat(context.getBean(Findings.class).current()).containsExactly(new Finding(
					"bypasses-pool", null,
					"These beans do not use the pool: ownClient (RestClient), ownTemplate (RestTemplate); build them with the RestClient.Builder, RestTemplateBuilder or WebClient.Builder that Spring Boot provides",
					null, null)));
	}

	@Test
	void thereAreNoFindingsWithoutActuatorOrPool() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Findings.class));
		this.contextRunner.withPropertyValues("tidepool.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Findings.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClients {

		@Bean
		RestClient ownClient() {
			return RestClient.create();
		}

		@Bean
		RestTemplate ownTemplate() {
			return new RestTemplate();
		}

		@Bean
		RestTemplate pooledTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

		@Bean
		@Lazy
		RestTemplate lazyTemplate() {
			throw new IllegalStateException("No lazy bean is to be made");
		}

	}

}
