package dev.tidepool.autoconfigure;

import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.resolver.AddressResolverGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.HttpComponentsClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.autoconfigure.PoolProbe.Answer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which reactive clients are found to bypass the pool, without a request of theirs.
 */
class ReactivePoolProbeTests {

	private static final ExchangeFilterFunction FAILING = (request, next) -> {
		throw new IllegalStateException("No filter is to be asked");
	};

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withConfiguration(AutoConfigurations.of(TidepoolReactiveAutoConfiguration.class,
				TidepoolWebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				WebClientAutoConfiguration.class, TidepoolFindingsAutoConfiguration.class));

	@Test
	void clientsOfBootsBuilderUseThePool() {
		this.contextRunner.run((context) -> {
			ClientHttpConnector connector = context.getBean(ClientHttpConnector.class);
			WebClient.Builder builder = context.getBean(WebClient.Builder.class);
			assertThat(ReactivePoolProbe.ask(context.getBean(WebClient.class))).isEqualTo(Answer.POOLED);
			assertThat(ReactivePoolProbe.ask(builder.filter(FAILING)
				.defaultRequest((request) -> request.header("X-Default", "value"))
				.defaultApiVersion("1")
				.baseUrl("http://localhost/base")
				.build())).isEqualTo(Answer.POOLED);
			assertThat(ReactivePoolProbe.ask(connector)).isEqualTo(Answer.POOLED);
			ClientHttpConnector ownWrapper = connector::connect;
			assertThat(ReactivePoolProbe.ask(ownWrapper)).isEqualTo(Answer.POOLED);
			assertThat(ReactivePoolProbe.ask(WebClient.builder().clientConnector(ownWrapper).build()))
				.isEqualTo(Answer.POOLED);
		});
	}

	static List<ClientHttpConnector> otherConnectors() {
		return List.of(new ReactorClientHttpConnector(), new JdkClientHttpConnector(HttpClient.newHttpClient()),
				new HttpComponentsClientHttpConnector());
	}

	@ParameterizedTest
	@MethodSource("otherConnectors")
	void clientsWithOtherConnectorsBypassIt(ClientHttpConnector connector) {
		assertThat(ReactivePoolProbe.ask(connector)).isEqualTo(Answer.BYPASSES);
		assertThat(ReactivePoolProbe.ask(WebClient.builder().clientConnector(connector).build()))
			.isEqualTo(Answer.BYPASSES);
		assertThat(ReactivePoolProbe.ask(WebClient.builder().clientConnector(connector).filter(FAILING).build()))
			.isEqualTo(Answer.BYPASSES);
	}

	@Test
	void clientMadeByHandBypassesItWithoutANameLookUpOrAConnection() {
		AddressResolverGroup<?> resolver = Mockito.mock();
		AtomicInteger events = new AtomicInteger();
		reactor.netty.http.client.HttpClient counting = reactor.netty.http.client.HttpClient.create()
			.resolver(resolver)
			.doOnConnect((config) -> events.incrementAndGet())
			.doOnResolve((connection) -> events.incrementAndGet())
			.doOnRequest((request, connection) -> events.incrementAndGet());
		assertThat(ReactivePoolProbe.ask(WebClient.create())).isEqualTo(Answer.BYPASSES);
		assertThat(ReactivePoolProbe
			.ask(WebClient.builder().clientConnector(new ReactorClientHttpConnector(counting)).build()))
			.isEqualTo(Answer.BYPASSES);
		assertThat(events).hasValue(0);
		Mockito.verifyNoInteractions(resolver);
	}

	@Test
	void promisedResponseIsNotSubscribedTo() {
		AtomicInteger asked = new AtomicInteger();
		AtomicInteger subscribed = new AtomicInteger();
		ClientHttpConnector counting = (method, uri, request) -> {
			asked.incrementAndGet();
			return Mono.fromRunnable(subscribed::incrementAndGet);
		};
		assertThat(ReactivePoolProbe.ask(counting)).isEqualTo(Answer.BYPASSES);
		assertThat(ReactivePoolProbe.ask(WebClient.builder().clientConnector(counting).build()))
			.isEqualTo(Answer.BYPASSES);
		assertThat(asked).hasValue(2);
		assertThat(subscribed).hasValue(0);
	}

	@Test
	void nothingIsSaidOfClientsThatDoNotAnswer() {
		ClientHttpConnector refusing = (method, uri, request) -> {
			throw new IllegalArgumentException("Unknown host " + uri);
		};
		assertThat(ReactivePoolProbe.ask(refusing)).isEqualTo(Answer.UNKNOWN);
		assertThat(ReactivePoolProbe.ask(WebClient.builder().clientConnector(refusing).build()))
			.isEqualTo(Answer.UNKNOWN);
		assertThat(ReactivePoolProbe.ask(WebClient.builder().defaultRequest((request) -> {
			throw new IllegalStateException("Only in a request");
		}).build())).isEqualTo(Answer.UNKNOWN);
		assertThat(ReactivePoolProbe.ask(Mockito.mock(WebClient.class))).isEqualTo(Answer.UNKNOWN);
	}

	@Test
	void applicationOfBootsBuildersHasNoFinding() {
		this.contextRunner.run((context) -> {
			context.getBean(WebClient.class);
			assertThat(context.getBean(Findings.class).current()).isEmpty();
		});
	}

	@Test
	void beansThatBypassThePoolAreNamed() {
		this.contextRunner.withUserConfiguration(OwnClients.class)
			.run((context) -> assertThat(context.getBean(Findings.class).current()).containsExactly(new Finding(
					"bypasses-pool", null,
					"These beans do not use the pool: ownRestClient (RestClient), ownWebClient (WebClient); build them with the RestClient.Builder, RestTemplateBuilder or WebClient.Builder that Spring Boot provides",
					null, null)));
	}

	@Test
	void nothingIsFoundOfClientsThatAreAllLeftToAnother() {
		this.contextRunner.withUserConfiguration(OwnClients.class)
			.withPropertyValues("spring.http.clients.reactive.connector=reactor")
			.run((context) -> assertThat(context.getBean(Findings.class).current()).singleElement()
				.satisfies((finding) -> assertThat(finding.message()).contains("ownRestClient")
					.doesNotContain("ownWebClient")));
		this.contextRunner.withUserConfiguration(OwnClients.class)
			.withPropertyValues("spring.http.clients.imperative.factory=jdk")
			.run((context) -> assertThat(context.getBean(Findings.class).current()).singleElement()
				.satisfies((finding) -> assertThat(finding.message()).contains("ownWebClient")
					.doesNotContain("ownRestClient")));
	}

	@Test
	void blockingClientsAreFoundWhereThereIsNoWebClient() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive"))
			.withBean("ownRestClient", RestClient.class, RestClient::create)
			.run((context) -> assertThat(context.getBean(Findings.class).current()).singleElement()
				.satisfies((finding) -> assertThat(finding.message()).contains("ownRestClient (RestClient);")));
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnClients {

		@Bean
		RestClient ownRestClient() {
			return RestClient.create();
		}

		@Bean
		WebClient ownWebClient() {
			return WebClient.create();
		}

		@Bean
		WebClient pooledWebClient(WebClient.Builder builder) {
			return builder.build();
		}

		@Bean
		@Lazy
		WebClient lazyWebClient() {
			throw new IllegalStateException("No lazy bean is to be made");
		}

	}

}
