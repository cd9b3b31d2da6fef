package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.async.AsyncPool;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When WebClient is on the pool, and when Tidepool leaves it to another client: without
 * leaving RestClient, and the other way around.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReactiveAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(TidepoolAutoConfiguration.class,
			TidepoolReactiveAutoConfiguration.class, TidepoolRestClientAutoConfiguration.class,
			TidepoolRestClientBuilderAutoConfiguration.class, TidepoolWebClientAutoConfiguration.class,
			SslAutoConfiguration.class, HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
			ReactiveHttpClientAutoConfiguration.class, RestClientAutoConfiguration.class,
			WebClientAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
			CodecsAutoConfiguration.class);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS);

	@Test
	void tidepoolSuppliesTheConnectorBuilderAndBootBacksOff() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpConnectorBuilder.class)
				.hasSingleBean(TidepoolClientHttpConnectorBuilder.class)
				.hasSingleBean(SharedPool.class)
				.hasSingleBean(ClassicPool.class)
				.hasSingleBean(AsyncPool.class);
			assertThat(context.getBean(ClientHttpConnector.class)).isInstanceOf(PooledConnector.class);
			assertThat(AutoConfigurationTests.report(context,
					ReactiveHttpClientAutoConfiguration.class.getName() + "#clientHttpConnectorBuilder"))
				.contains("found beans of type", "tidepoolClientHttpConnectorBuilder");
		});
	}

	@Test
	void callsOfBothClientsWorkInEachKindOfApplication() throws Exception {
		for (AbstractApplicationContextRunner<?, ?, ?> runner : List.of(this.contextRunner,
				new WebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS),
				new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS))) {
			try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
				runner.run((context) -> {
					assertThat(context.getStartupFailure()).isNull();
					for (int i = 0; i < 3; i++) {
						assertThat(get(context.getBean(WebClient.Builder.class).build(), server)).isEqualTo("fine");
					}
					assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
				});
				assertThat(server.requests()).isEqualTo(4);
				// One for each client
				assertThat(server.accepted()).isEqualTo(2);
			}
		}
	}

	@Test
	void readyWebClientUsesThePoolAndBacksOffToTheUsersOwn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				assertThat(get(context.getBean(WebClient.class), server)).isEqualTo("fine");
				assertThat(get(context.getBean(WebClient.Builder.class).build(), server)).isEqualTo("fine");
			});
			assertThat(server.requests()).isEqualTo(2);
			assertThat(server.accepted()).isOne();
		}
		WebClient own = WebClient.create();
		this.contextRunner.withBean("own", WebClient.class, () -> own)
			.run((context) -> assertThat(context.getBean(WebClient.class)).isSameAs(own));
	}

	@Test
	void backsOffToTheUsersConnectorBuilderAndKeepsRestClient() {
		this.contextRunner.withUserConfiguration(OwnConnectorBuilder.class).run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpConnectorBuilder.class);
			assertThat(context.getBean(ClientHttpConnectorBuilder.class))
				.isInstanceOf(JdkClientHttpConnectorBuilder.class);
			assertThatOnlyRestClientIsPooled(context);
			assertThat(AutoConfigurationTests.report(context, TidepoolReactiveAutoConfiguration.class.getName()))
				.contains("found beans of type", "ownConnectorBuilder");
		});
	}

	@ParameterizedTest
	@CsvSource({ "reactor, ReactorClientHttpConnectorBuilder", "jdk, JdkClientHttpConnectorBuilder",
			"JDK, JdkClientHttpConnectorBuilder" })
	void backsOffWhereAnotherConnectorIsAskedForAndSaysSo(String connector, String builder) {
		this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=" + connector).run((context) -> {
			assertThat(context.getBean(ClientHttpConnectorBuilder.class).getClass().getSimpleName()).isEqualTo(builder);
			assertThatOnlyRestClientIsPooled(context);
			assertThat(AutoConfigurationTests.report(context, TidepoolReactiveAutoConfiguration.class.getName()))
				.contains("spring.http.clients.reactive.connector is '" + connector + "'");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http-components", "HTTP_COMPONENTS", "httpComponents", "" })
	void staysWhereHttpComponentsIsAskedForOrNothing(String connector) {
		this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=" + connector)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TidepoolClientHttpConnectorBuilder.class));
	}

	@Test
	void backsOffWhenItIsNotEnabled() {
		this.contextRunner.withPropertyValues("tidepool.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(SharedPool.class)
				.doesNotHaveBean(AsyncPool.class)
				.doesNotHaveBean(TidepoolProperties.class)
				.doesNotHaveBean(WebClient.class)
				.hasSingleBean(WebClient.Builder.class);
			assertThat(AutoConfigurationTests.report(context, TidepoolReactiveAutoConfiguration.class.getName()))
				.contains("tidepool.enabled is 'false'");
		});
	}

	@Test
	void restClientIsPooledWhereThereIsNoWebClient() {
		this.contextRunner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.web.reactive", "reactor", "org.reactivestreams"))
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(ClientHttpConnectorBuilder.class);
				assertThatOnlyRestClientIsPooled(context);
			});
	}

	@Test
	void webClientIsPooledWhereRestClientIsLeftToAnother() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues("spring.http.clients.imperative.factory=jdk").run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(SharedPool.class)
					.doesNotHaveBean(ClassicPool.class)
					.doesNotHaveBean(RestClient.class);
				assertThat(get(context.getBean(WebClient.class), server)).isEqualTo("fine");
			});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void customizerForAnotherBuilderIsNamedInOneWarningAndThoseOfBootAreNot(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(LostCustomizer.class).run((context) -> {
			// Boot's is there too, as Reactor Netty is
			assertThat(context).hasBean("lostCustomizer")
				.hasBean("reactorResourceFactoryClientHttpConnectorBuilderCustomizer");
			context.getBean(WebClient.Builder.class);
			context.getBean(WebClient.Builder.class);
		});
		assertThat(AutoConfigurationTests.warnings(output)).singleElement()
			.asString()
			.contains("'lostCustomizer'", "JdkClientHttpConnectorBuilder", "spring.http.clients.reactive.connector");
	}

	@Test
	void customizerForAnyBuilderIsAppliedWithoutWarning(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(GeneralCustomizer.class).run((context) -> {
			context.getBean(ClientHttpConnectorBuilder.class).build();
			assertThat(context.getBean(GeneralCustomizer.class).connectors).isNotEmpty()
				.hasOnlyElementsOfType(PooledConnector.class);
		});
		assertThat(AutoConfigurationTests.warnings(output)).isEmpty();
	}

	private static void assertThatOnlyRestClientIsPooled(ConfigurableApplicationContext context) {
		assertThat(context.isActive()).isTrue();
		assertThat(context.getBeansOfType(AsyncPool.class)).isEmpty();
		assertThat(context.getBeanNamesForType(WebClient.class)).isEmpty();
		assertThat(context.getBeansOfType(ClassicPool.class)).hasSize(1);
		assertThat(context.getBeansOfType(RestClient.class)).hasSize(1);
	}

	private static String get(WebClient client, ScriptedServer server) {
		return Objects.requireNonNull(client.get().uri(server.url()).retrieve().bodyToMono(String.class).block());
	}

	private static String get(RestClient client, ScriptedServer server) {
		return Objects.requireNonNull(client.get().uri(server.url()).retrieve().body(String.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnConnectorBuilder {

		@Bean
		ClientHttpConnectorBuilder<JdkClientHttpConnector> ownConnectorBuilder() {
			return ClientHttpConnectorBuilder.jdk();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LostCustomizer {

		@Bean
		ClientHttpConnectorBuilderCustomizer<JdkClientHttpConnectorBuilder> lostCustomizer() {
			return (builder) -> builder.withCustomizer((connector) -> {
				throw new AssertionError("For another builder");
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GeneralCustomizer {

		private final List<ClientHttpConnector> connectors = new ArrayList<>();

		@Bean
		ClientHttpConnectorBuilderCustomizer<ClientHttpConnectorBuilder<?>> generalCustomizer() {
			return (builder) -> builder.withCustomizer(this.connectors::add);
		}

	}

}
