package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.DefaultHttpRequestRetryStrategy;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.SimpleClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.actuate.PoolMeters;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When Tidepool is there, when it backs off and how it says so, and what users plug into
 * it.
 */
@ExtendWith(OutputCaptureExtension.class)
class AutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(Stream.concat(tidepools(),
			Stream.of(HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, RestTemplateAutoConfiguration.class,
					HttpMessageConvertersAutoConfiguration.class))
		.toArray(Class<?>[]::new));

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	// Where there is no WebClient, whose connections are in the pool too
	private final ApplicationContextRunner withoutWebClient = this.contextRunner
		.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive"));

	@Test
	void allAutoConfigurationsAreRegistered() {
		assertThat(tidepools()).containsExactlyInAnyOrder(TidepoolAutoConfiguration.class,
				TidepoolDashboardAutoConfiguration.class, TidepoolEndpointAutoConfiguration.class,
				TidepoolFindingsAutoConfiguration.class, TidepoolHealthContributorAutoConfiguration.class,
				TidepoolMetricsAutoConfiguration.class, TidepoolObservationAutoConfiguration.class,
				TidepoolReactiveAutoConfiguration.class, TidepoolRestClientAutoConfiguration.class,
				TidepoolRestClientBuilderAutoConfiguration.class, TidepoolWebClientAutoConfiguration.class,
				TidepoolWebClientBuilderAutoConfiguration.class);
	}

	@Test
	void tidepoolSuppliesTheRequestFactoryBuilderAndBootBacksOff() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class)
				.hasSingleBean(TidepoolClientHttpRequestFactoryBuilder.class)
				.hasSingleBean(SharedPool.class);
			assertThat(context.getBean(ClientHttpRequestFactory.class))
				.isInstanceOf(HttpComponentsClientHttpRequestFactory.class);
			assertThat(report(context,
					ImperativeHttpClientAutoConfiguration.class.getName() + "#clientHttpRequestFactoryBuilder"))
				.contains("found beans of type", "tidepoolClientHttpRequestFactoryBuilder");
		});
	}

	@Test
	void callWorksInAServletApplication() throws Exception {
		assertThatCallWorks(new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS));
	}

	@Test
	void callWorksInAReactiveApplicationWhereBootsImperativeClientsAreOff() throws Exception {
		ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
			.withConfiguration(AUTO_CONFIGURATIONS);
		reactive.run((context) -> assertThat(context).doesNotHaveBean(ImperativeHttpClientAutoConfiguration.class)
			.hasSingleBean(TidepoolClientHttpRequestFactoryBuilder.class));
		assertThatCallWorks(reactive);
	}

	@Test
	void backsOffToTheUsersRequestFactoryBuilder() {
		this.withoutWebClient.withUserConfiguration(OwnRequestFactoryBuilder.class).run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpRequestFactoryBuilder.class);
			assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class))
				.isInstanceOf(SimpleClientHttpRequestFactoryBuilder.class);
			assertThatTidepoolIsOff(context);
			assertThat(report(context, TidepoolAutoConfiguration.class.getName())).contains("found beans of type",
					"ownRequestFactoryBuilder");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "false", "FALSE", "off", "no", "0" })
	void backsOffWhenItIsNotEnabled(String enabled) {
		this.contextRunner.withPropertyValues("tidepool.enabled=" + enabled).run((context) -> {
			assertThatTidepoolIsOff(context);
			assertThat(report(context, TidepoolAutoConfiguration.class.getName()))
				.contains("tidepool.enabled is '" + enabled + "'");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "true", "TRUE", "on", "yes", "1" })
	void isOnWhenItIsEnabledInAnyWayThatBootReadsAsTrue(String enabled) {
		this.contextRunner.withPropertyValues("tidepool.enabled=" + enabled)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(SharedPool.class));
	}

	@ParameterizedTest
	@CsvSource({ "jdk, JdkClientHttpRequestFactoryBuilder", "JDK, JdkClientHttpRequestFactoryBuilder",
			"simple, SimpleClientHttpRequestFactoryBuilder" })
	void backsOffWhereAnotherFactoryIsAskedForAndSaysSo(String factory, String builder) {
		this.withoutWebClient.withPropertyValues("spring.http.clients.imperative.factory=" + factory).run((context) -> {
			assertThat(context.getBean(ClientHttpRequestFactoryBuilder.class).getClass().getSimpleName())
				.isEqualTo(builder);
			assertThatTidepoolIsOff(context);
			assertThat(report(context, TidepoolAutoConfiguration.class.getName()))
				.contains("spring.http.clients.imperative.factory is '" + factory + "'");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "HTTP_COMPONENTS", "httpComponents", "" })
	void staysWhereHttpComponentsIsAskedForOrNothing(String factory) {
		this.contextRunner.withPropertyValues("spring.http.clients.imperative.factory=" + factory)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TidepoolClientHttpRequestFactoryBuilder.class));
	}

	@Test
	void readyRestClientUsesThePoolAndBacksOffToTheUsersOwn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
				assertThat(get(context.getBean(RestClient.Builder.class).build(), server)).isEqualTo("fine");
			});
			assertThat(server.requests()).isEqualTo(2);
			assertThat(server.accepted()).isOne();
		}
		RestClient own = RestClient.create();
		this.contextRunner.withBean("own", RestClient.class, () -> own)
			.run((context) -> assertThat(context.getBean(RestClient.class)).isSameAs(own));
	}

	@Test
	void customizerForAnotherBuilderIsNamedInOneWarningWithItsCounterpart(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(LostLambdaCustomizer.class).run((context) -> {
			context.getBean(RestClient.Builder.class);
			context.getBean(RestClient.Builder.class);
		});
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("'lostCustomizer'", "HttpComponentsClientHttpRequestFactoryBuilder",
					"dev.tidepool.HttpClientBuilderCustomizer");
	}

	@Test
	void customizerClassForAnotherBuilderIsNamedInOneWarning(CapturedOutput output) {
		this.contextRunner.withBean("lostClass", LostCustomizer.class)
			.run((context) -> context.getBean(RestClient.Builder.class));
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains("'lostClass'", "HttpComponentsClientHttpRequestFactoryBuilder",
					"dev.tidepool.HttpClientBuilderCustomizer");
	}

	@Test
	void customizerForAnyBuilderIsAppliedWithoutWarning(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(GeneralCustomizer.class).run((context) -> {
			context.getBean(RestClient.Builder.class);
			context.getBean(RestClient.Builder.class);
			assertThat(context.getBean(GeneralCustomizer.class).factories).hasSize(3)
				.hasOnlyElementsOfType(HttpComponentsClientHttpRequestFactory.class);
		});
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void clientBuilderCustomizerIsAppliedToEachClientAndCannotTakeThePoolAway() throws Exception {
		AtomicInteger customized = new AtomicInteger();
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "no"));
				PoolingHttpClientConnectionManager other = new PoolingHttpClientConnectionManager()) {
			this.contextRunner
				.withBean(HttpClientBuilderCustomizer.class,
						() -> (builder) -> builder
							.setDefaultHeaders(List.of(new BasicHeader("X-Client", customized.incrementAndGet())))
							.setConnectionManager(other)
							.setConnectionReuseStrategy((request, response, context) -> false)
							.setKeepAliveStrategy((response, context) -> TimeValue.ZERO_MILLISECONDS)
							.setRetryStrategy(new DefaultHttpRequestRetryStrategy(5, TimeValue.ofMilliseconds(1))))
				.run((context) -> {
					int before = customized.get();
					for (int i = 1; i <= 2; i++) {
						context.getBean(RestClient.Builder.class)
							.build()
							.post()
							.uri(server.url())
							.retrieve()
							.onStatus((status) -> true, (request, response) -> {
							})
							.toBodilessEntity();
					}
					assertThat(customized).hasValue(before + 2);
					assertThat(server.log()).extracting((request) -> request.header("X-Client"))
						.containsExactly(Integer.toString(before + 1), Integer.toString(before + 2));
				});
			assertThat(server.accepted()).isOne();
			assertThat(other.getTotalStats().getAvailable() + other.getTotalStats().getLeased()).isZero();
		}
	}

	@Test
	void clientBuilderCustomizerThatDisablesRetriesLeavesThoseOfTidepool() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.reset();
			}
			else {
				exchange.respond(200, "fine");
			}
		})) {
			this.contextRunner
				.withBean(HttpClientBuilderCustomizer.class,
						() -> (builder) -> builder.disableAutomaticRetries()
							.replaceExecInterceptor(ChainElement.RETRY.name(),
									(request, scope, chain) -> chain.proceed(request, scope)))
				.run((context) -> assertThat(context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.header("X-Id", "lost")
					.retrieve()
					.body(String.class)).isEqualTo("fine"));
			assertThat(server.requests("lost")).isEqualTo(2);
		}
	}

	@Test
	void metersAreThereWithARegistryAndNotWithout() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(PoolMeters.class));
		this.contextRunner.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context).hasSingleBean(PoolMeters.class));
	}

	@Test
	void callWorksWithoutMicrometer() throws Exception {
		assertThatCallWorks(this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer")));
	}

	@Test
	void callWorksWithoutActuator() throws Exception {
		assertThatCallWorks(this.contextRunner
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.micrometer",
					"org.springframework.boot.actuate", "org.springframework.boot.health"))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new));
	}

	@Test
	void callWorksWithoutMicrometerAndActuator() throws Exception {
		assertThatCallWorks(this.contextRunner
			.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.micrometer",
					"org.springframework.boot.actuate", "org.springframework.boot.health")));
	}

	private static Stream<Class<?>> tidepools() {
		ClassLoader classLoader = AutoConfigurationTests.class.getClassLoader();
		return ImportCandidates.load(AutoConfiguration.class, classLoader)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.tidepool."))
			.map((name) -> ClassUtils.resolveClassName(name, classLoader));
	}

	private static void assertThatCallWorks(AbstractApplicationContextRunner<?, ?, ?> runner) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			runner.run((context) -> {
				assertThat(context.getStartupFailure()).isNull();
				for (int i = 0; i < 3; i++) {
					assertThat(get(context.getBean(RestClient.Builder.class).build(), server)).isEqualTo("fine");
				}
			});
			assertThat(server.requests()).isEqualTo(3);
			assertThat(server.accepted()).isOne();
		}
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

	private static void assertThatTidepoolIsOff(ConfigurableApplicationContext context) {
		assertThat(context.isActive()).isTrue();
		for (Class<?> type : List.of(SharedPool.class, TidepoolProperties.class, PoolMeters.class, RestClient.class)) {
			assertThat(context.getBeanProvider(type)).as(type.getName()).isEmpty();
		}
	}

	/**
	 * What the condition report says of an auto-configuration or one of its beans.
	 */
	static String report(ConfigurableApplicationContext context, String source) {
		return ConditionEvaluationReport.get(context.getBeanFactory())
			.getConditionAndOutcomesBySource()
			.get(source)
			.stream()
			.map((outcome) -> outcome.getOutcome().getMessage())
			.collect(Collectors.joining("\n"));
	}

	static List<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("WARN")).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRequestFactoryBuilder {

		@Bean
		ClientHttpRequestFactoryBuilder<SimpleClientHttpRequestFactory> ownRequestFactoryBuilder() {
			return ClientHttpRequestFactoryBuilder.simple();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LostLambdaCustomizer {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> lostCustomizer() {
			return (builder) -> builder.withHttpClientCustomizer((client) -> client.setUserAgent("lost"));
		}

	}

	static class LostCustomizer
			implements ClientHttpRequestFactoryBuilderCustomizer<HttpComponentsClientHttpRequestFactoryBuilder> {

		@Override
		public HttpComponentsClientHttpRequestFactoryBuilder customize(
				HttpComponentsClientHttpRequestFactoryBuilder builder) {
			throw new AssertionError("For another builder");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GeneralCustomizer {

		private final List<ClientHttpRequestFactory> factories = new ArrayList<>();

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> generalCustomizer() {
			return (builder) -> builder.withCustomizer(this.factories::add);
		}

	}

}
