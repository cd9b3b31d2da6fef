package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.async.AsyncPool;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What each WebClient has to itself, and the connectors of users that are left alone.
 */
class OwnConnectorsTests {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final String NO_REDIRECTS = "spring.http.serviceclient.own.redirects=dont-follow";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(tidepools()))
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, CodecsAutoConfiguration.class,
				WebClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				ReactiveHttpServiceClientAutoConfiguration.class));

	private ScriptedServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = ScriptedServer.start((exchange) -> {
			switch (exchange.request().path()) {
				case "/moved" -> exchange.respond(302, "", "Location: /end");
				case "/stall" -> exchange.stall(BOUND);
				default -> exchange.respond(200, "fine", "Set-Cookie: session=secret; Path=/");
			}
		});
	}

	@AfterEach
	void stopServer() throws IOException {
		this.server.close();
	}

	@Test
	void clientKeepsItsSessionToItself() {
		this.contextRunner.run((context) -> {
			get(context.getBean(WebClient.class), "/");
			get(context.getBean(WebClient.class), "/again");
			get(context.getBean(WebClient.Builder.class).build(), "/other");
			assertThat(this.server.log()).extracting((request) -> request.header("Cookie"))
				.containsExactly(null, "session=secret", null);
			assertThat(this.server.accepted()).isOne();
		});
	}

	@Test
	void connectorBeanOfTheUserIsLeftAlone() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withBean("own", ClientHttpConnector.class, JdkClientHttpConnector::new)
			.withPropertyValues(NO_REDIRECTS)
			.run((context) -> {
				get(context.getBean(WebClient.class), "/");
				get(context.getBean(WebClient.Builder.class).build(), "/");
				service(context, "own").get(this.server.uri("/"));
				assertThat(calls(context)).isZero();
				assertThat(agents()).hasSize(3).allMatch((agent) -> agent.startsWith("Java-http-client"));
			});
	}

	@Test
	void connectorBeanThatTheUserBuiltOnThePoolKeepsItsSettings() {
		this.contextRunner.withUserConfiguration(Groups.class, HastyConnector.class).run((context) -> {
			assertThatTimesOut(() -> get(context.getBean(WebClient.class), "/stall"), "1s");
			assertThatTimesOut(() -> service(context, "own").get(this.server.uri("/stall")), "1s");
			get(context.getBean(WebClient.Builder.class).build(), "/");
			get(context.getBean(WebClient.Builder.class).build(), "/");
			assertThat(this.server.log()).extracting((request) -> request.header("Cookie")).containsOnlyNulls();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { LateConnector.class, NextConnector.class })
	void connectorThatACustomizerOfTheUserSetsWins(Class<?> customizer) {
		this.contextRunner.withUserConfiguration(Groups.class, customizer)
			.withPropertyValues(NO_REDIRECTS)
			.run((context) -> {
				get(context.getBean(WebClient.class), "/");
				service(context, "own").get(this.server.uri("/"));
				assertThat(calls(context)).isZero();
				assertThat(agents()).hasSize(2).allMatch((agent) -> agent.startsWith("Java-http-client"));
			});
	}

	@Test
	void connectorThatIsSetOnTheInjectedBuilderWins() {
		this.contextRunner.run((context) -> {
			get(context.getBean(WebClient.Builder.class).clientConnector(new JdkClientHttpConnector()).build(), "/");
			assertThat(calls(context)).isZero();
		});
	}

	@Test
	void severalConnectorBeansWithoutAPrimaryOneAreLeftToBoot() {
		this.contextRunner.withBean("clientHttpConnector", ClientHttpConnector.class, JdkClientHttpConnector::new)
			.withBean("other", ClientHttpConnector.class, JdkClientHttpConnector::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				get(context.getBean(WebClient.class), "/");
				assertThat(calls(context)).isZero();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.reactive.connector=jdk", "tidepool.enabled=false" })
	void nothingIsThereWhereAnotherClientIsAskedFor(String property) {
		this.contextRunner.withUserConfiguration(Groups.class).withPropertyValues(property).run((context) -> {
			assertThat(context).hasNotFailed()
				.doesNotHaveBean(AsyncPool.class)
				.doesNotHaveBean(OwnConnectors.class)
				.doesNotHaveBean(GroupConnectors.class);
			get(context.getBean(WebClient.Builder.class).build(), "/");
			service(context, "own").get(this.server.uri("/"));
			assertThat(this.server.requests()).isEqualTo(2);
		});
	}

	@Test
	void nothingIsThereBesideTheUsersConnectorBuilder() {
		this.contextRunner.withBean(ClientHttpConnectorBuilder.class, ClientHttpConnectorBuilder::jdk)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(OwnConnectors.class).doesNotHaveBean(WebClient.class);
				get(context.getBean(WebClient.Builder.class).build(), "/");
				assertThat(agents()).allMatch((agent) -> agent.startsWith("Java-http-client"));
			});
	}

	@Test
	void groupKeepsItsRedirectsBesideTheOthers() {
		this.contextRunner.withUserConfiguration(Groups.class).withPropertyValues(NO_REDIRECTS).run((context) -> {
			assertThat(service(context, "own").get(this.server.uri("/moved")).getStatusCode().value()).isEqualTo(302);
			assertThat(service(context, "plain").get(this.server.uri("/moved")).getStatusCode().value()).isEqualTo(200);
			assertThat(this.server.accepted()).isOne();
		});
	}

	@Test
	void groupKeepsWhatAllClientsHaveAndItsPropertiesDoNotSay() {
		this.contextRunner.withUserConfiguration(Groups.class)
			.withPropertyValues(NO_REDIRECTS, "spring.http.clients.read-timeout=150ms")
			.run((context) -> {
				assertThatTimesOut(() -> service(context, "own").get(this.server.uri("/stall")), "150ms");
				assertThatTimesOut(() -> service(context, "plain").get(this.server.uri("/stall")), "150ms");
			});
	}

	@Test
	void groupKeepsItsSslBundle() throws Exception {
		try (ScriptedServer secure = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "secure"))) {
			this.contextRunner.withUserConfiguration(Groups.class)
				.withPropertyValues(TestTls.trustProperty("own", "first"),
						"spring.http.serviceclient.own.ssl.bundle=own")
				.run((context) -> {
					assertThat(service(context, "own").get(secure.uri("/")).getBody()).isEqualTo("secure");
					assertThatExceptionOfType(WebClientRequestException.class)
						.isThrownBy(() -> service(context, "plain").get(secure.uri("/")))
						.withRootCauseInstanceOf(GeneralSecurityException.class);
				});
		}
		assertThat(this.server.requests()).isZero();
	}

	@Test
	void groupsShareNoSession() {
		this.contextRunner.withUserConfiguration(Groups.class).withPropertyValues(NO_REDIRECTS).run((context) -> {
			for (String group : List.of("own", "plain", "own")) {
				service(context, group).get(this.server.uri("/"));
			}
			assertThat(this.server.log()).extracting((request) -> request.header("Cookie"))
				.containsExactly(null, null, "session=secret");
		});
	}

	private void get(WebClient client, String path) {
		client.get().uri(this.server.uri(path)).retrieve().bodyToMono(String.class).block(BOUND);
	}

	private static Service service(ApplicationContext context, String group) {
		return context.getBean(HttpServiceProxyRegistry.class).getClient(group, Service.class);
	}

	private static void assertThatTimesOut(Runnable call, String timeout) {
		assertThatExceptionOfType(WebClientRequestException.class).isThrownBy(call::run).withMessageContaining(timeout);
	}

	private Stream<String> agents() {
		return this.server.log().stream().map((request) -> request.header("User-Agent")).map(Objects::toString);
	}

	private static long calls(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().stream().mapToLong((stats) -> stats.members().size()).sum();
	}

	private static Class<?>[] tidepools() {
		return ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("dev.tidepool."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class[]::new);
	}

	interface Service {

		@GetExchange
		ResponseEntity<String> get(URI uri);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "own", types = Service.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "plain", types = Service.class, clientType = ClientType.WEB_CLIENT)
	static class Groups {

	}

	@Configuration(proxyBeanMethods = false)
	static class HastyConnector {

		@Bean
		ClientHttpConnector hastyConnector(ClientHttpConnectorBuilder<?> builder) {
			return builder.build(HttpClientSettings.defaults().withReadTimeout(Duration.ofSeconds(1)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateConnector {

		@Bean
		WebClientCustomizer lateConnector() {
			return (builder) -> builder.clientConnector(new JdkClientHttpConnector());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NextConnector {

		@Bean
		@Order(1)
		WebClientCustomizer nextConnector() {
			return (builder) -> builder.clientConnector(new JdkClientHttpConnector());
		}

	}

}
