package dev.tidepool.testing;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.PoolExhaustedException;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What docs/migration.md says of settings that were made elsewhere.
 */
class MigrationTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	@Test
	void restTemplateOfTheBuilderIsOnThePoolWithWhatACustomizerHasSet() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withUserConfiguration(OrdersConfiguration.class)
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					RestTemplate orders = context.getBean(RestTemplate.class);
					assertThat(orders.getForObject(server.url(), String.class)).isEqualTo("fine");
					assertThat(context.getBean(Upstreams.class).stats()).extracting(UpstreamStats::tag)
						.containsExactly("orders");
				});
			assertThat(server.log()).extracting((request) -> request.header("User-Agent")).containsExactly("orders");
		}
	}

	@Test
	void httpServiceInterfaceIsOnThePoolAndRepeatsWhatHasAnIdempotencyKey() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond((exchange.request().onConnection() == 1) ? 503 : 200,
					"{\"number\":\"12\"}", "Content-Type: application/json"))) {
			this.contextRunner
				.withConfiguration(AutoConfigurations.of(HttpServiceClientPropertiesAutoConfiguration.class,
						HttpServiceClientAutoConfiguration.class))
				.withUserConfiguration(PaymentConfiguration.class)
				.withPropertyValues("spring.http.serviceclient.payments.base-url=" + server.url())
				.run((context) -> assertThat(context.getBean(PaymentClient.class).pay("key", new Payment(5)))
					.isEqualTo(new Receipt("12")));
			assertThat(server.log()).hasSize(2).allSatisfy((request) -> {
				assertThat(request.method()).isEqualTo("POST");
				assertThat(request.path()).isEqualTo("/payments");
				assertThat(request.header("Idempotency-Key")).isEqualTo("key");
				assertThat(new String(request.body())).isEqualTo("{\"amount\":5}");
			});
		}
	}

	@Test
	void httpClientForALibraryIsOnThePoolAndClosingItClosesNothing() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withUserConfiguration(Library.class).run((context) -> {
				get(context, server);
				HttpClient client = context.getBean(HttpClient.class);
				String answer = client.execute(new HttpGet(server.url()),
						(response) -> EntityUtils.toString(response.getEntity()));
				assertThat(answer).isEqualTo("fine");
				((ModalCloseable) client).close(CloseMode.IMMEDIATE);
				get(context, server);
			});
			assertThat(server.requests()).isEqualTo(3);
			assertThat(server.accepted()).isOne();
		}
	}

	@Test
	void responseTimeoutOfARequestGoesBeforeThatOfTheClientAndOfTheUpstreamAndIsNamed() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> end.await())) {
			this.contextRunner.withUserConfiguration(Library.class)
				.withPropertyValues("spring.http.clients.read-timeout=50s", "tidepool.timeout.response=40s")
				.run((context) -> {
					HttpGet request = new HttpGet(server.url());
					request.setConfig(RequestConfig.custom().setResponseTimeout(Timeout.ofMilliseconds(200)).build());
					assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(
							() -> context.getBean(HttpClient.class).execute(request, (response) -> response.getCode()))
						.withMessageContaining(
								"no complete response head came within 200ms (the caller's own settings");
				});
			assertThat(server.requests()).isOne();
			end.countDown();
		}
	}

	@Test
	void readTimeoutOfARequestFactoryGoesBeforeThatOfTheClient() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> end.await())) {
			this.contextRunner.withUserConfiguration(HastyFactories.class)
				.withPropertyValues("spring.http.clients.read-timeout=50s")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(context, server))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContaining("within 200ms"));
			assertThat(server.requests()).isOne();
			end.countDown();
		}
	}

	@Test
	void connectionRequestTimeoutOfARequestStandsInPlaceOfTheAcquireTimeout() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
			end.await();
		})) {
			this.contextRunner.withUserConfiguration(Library.class)
				.withPropertyValues("tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=50s")
				.run((context) -> {
					HttpGet request = new HttpGet(server.url());
					request.setConfig(
							RequestConfig.custom().setConnectionRequestTimeout(Timeout.ofMilliseconds(200)).build());
					context.getBean(RestClient.class).get().uri(server.url()).exchange((first, held) -> {
						assertThatExceptionOfType(PoolExhaustedException.class)
							.isThrownBy(() -> context.getBean(HttpClient.class)
								.execute(request, (response) -> response.getCode()))
							.withMessageContaining("within 200ms");
						return held.getStatusCode();
					});
				});
			assertThat(server.requests()).isOne();
			end.countDown();
		}
	}

	@Test
	void readTimeoutOfTheClientGoesBeforeThatOfTheUpstream() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> end.await())) {
			this.contextRunner
				.withPropertyValues("spring.http.clients.read-timeout=200ms",
						"tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.timeout.response=50s")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(context, server))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContainingAll("within 200ms", "spring.http.clients.read-timeout"));
			end.countDown();
		}
	}

	@Test
	void bundleOfTheClientGoesBeforeThatOfTheUpstream() throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner
				.withPropertyValues(TestTls.trustProperty("trusting", "first"),
						TestTls.trustProperty("distrusting", "second"), "spring.http.clients.ssl.bundle=trusting",
						"tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.ssl.bundle=distrusting")
				.run((context) -> assertThat(get(context, server)).isEqualTo("fine"));
		}
	}

	@Test
	void clientThatIsBuiltPastSpringBootStaysAsItWas() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				RestClient.create().get().uri(server.url()).retrieve().toBodilessEntity();
				assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
			});
			assertThat(server.requests()).isOne();
		}
	}

	@Test
	void compressionIsSwitchedOffByACustomizer() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> get(context, server));
			this.contextRunner
				.withBean(HttpClientBuilderCustomizer.class, () -> (builder) -> builder.disableContentCompression())
				.run((context) -> get(context, server));
			assertThat(server.log()).hasSize(2);
			assertThat(server.log().get(0).header("Accept-Encoding")).contains("gzip");
			assertThat(server.log().get(1).header("Accept-Encoding")).isNull();
		}
	}

	@Test
	void oneRequestForEachConnectionIsWhatGoCallsNoKeepAlives() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues("tidepool.keep-alive.max-requests=1").run((context) -> {
				get(context, server);
				get(context, server);
			});
			assertThat(server.accepted()).isEqualTo(2);
		}
	}

	private static String get(ApplicationContext context, ScriptedServer server) {
		return context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class OrdersConfiguration {

		@Bean
		RestTemplate orders(RestTemplateBuilder builder) {
			return builder.build();
		}

		@Bean
		HttpClientBuilderCustomizer userAgent() {
			return (builder) -> builder.setUserAgent("orders");
		}

	}

	interface PaymentClient {

		@PostExchange("/payments")
		Receipt pay(@RequestHeader("Idempotency-Key") String key, @RequestBody Payment payment);

	}

	record Payment(int amount) {

	}

	record Receipt(String number) {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "payments", types = PaymentClient.class)
	static class PaymentConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class Library {

		@Bean
		HttpClient pooled(ClientHttpRequestFactoryBuilder<?> factories, HttpClientSettings settings) {
			return ((HttpComponentsClientHttpRequestFactory) factories.build(settings)).getHttpClient();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HastyFactories {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ClientHttpRequestFactoryBuilder<?>> hasty() {
			return (builder) -> builder.withCustomizer((factory) -> {
				if (factory instanceof HttpComponentsClientHttpRequestFactory components) {
					components.setReadTimeout(Duration.ofMillis(200));
				}
			});
		}

	}

}
