package dev.tidepool.everywhere;

import java.security.GeneralSecurityException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * HTTP service groups, each with the base URL and the SSL bundle of
 * {@code spring.http.serviceclient}, on one pool.
 */
@Timeout(120)
class ServiceGroupsTests {

	private ScriptedServer orders;

	private ScriptedServer payment;

	@BeforeEach
	void start() throws Exception {
		this.orders = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "orders"));
		this.payment = ScriptedServer.startTls(TestTls.server("second"), Duration.ZERO,
				(exchange) -> exchange.respond((exchange.attempt() == 1) ? 503 : 200, "payment"));
	}

	@AfterEach
	void stop() throws Exception {
		this.orders.close();
		this.payment.close();
	}

	@ParameterizedTest
	@EnumSource
	void eachGroupTrustsItsOwnBundleAndHasTheSettingsOfItsUpstream(Groups groups) {
		groups.application()
			.withPropertyValues(TestTls.trustProperty("orders-tls", "first"),
					TestTls.trustProperty("payment-tls", "second"),
					"spring.http.serviceclient.orders.base-url=" + this.orders.url() + "/api",
					"spring.http.serviceclient.orders.ssl.bundle=orders-tls",
					"spring.http.serviceclient.payment.base-url=" + this.payment.url(),
					"spring.http.serviceclient.payment.ssl.bundle=payment-tls",
					"spring.http.serviceclient.confused.base-url=" + this.payment.url(),
					"spring.http.serviceclient.confused.ssl.bundle=orders-tls",
					"tidepool.upstreams.orders.base-url=" + this.orders.url(),
					"tidepool.upstreams.payment.base-url=" + this.payment.url(),
					"tidepool.upstreams.payment.retry.backoff.initial=1ms")
			.run((context) -> {
				HttpServiceProxyRegistry services = context.getBean(HttpServiceProxyRegistry.class);
				for (int i = 0; i < 3; i++) {
					assertThat(services.getClient("orders", Service.class).get("one")).isEqualTo("orders");
				}
				assertThat(services.getClient("payment", Service.class).get("one")).isEqualTo("payment");
				assertThatException().isThrownBy(() -> services.getClient("confused", Service.class).get("two"))
					.withRootCauseInstanceOf(GeneralSecurityException.class);
				assertThat(context.getBean(Upstreams.class).stats()).extracting(UpstreamStats::tag)
					.containsExactlyInAnyOrder("orders", "payment");
			});
		assertThat(this.orders.log()).extracting(ScriptedServer.Request::path).containsOnly("/api/things").hasSize(3);
		assertThat(this.orders.accepted()).isOne();
		assertThat(this.payment.requests("one")).isEqualTo(2);
		assertThat(this.payment.requests("two")).isZero();
	}

	enum Groups {

		REST_CLIENT(OnRestClient.class), WEB_CLIENT(OnWebClient.class);

		private final Class<?> configuration;

		Groups(Class<?> configuration) {
			this.configuration = configuration;
		}

		ApplicationContextRunner application() {
			return TestRunners.applicationWithBothClients()
				.withConfiguration(AutoConfigurations.of(HttpServiceClientPropertiesAutoConfiguration.class,
						HttpServiceClientAutoConfiguration.class, ReactiveHttpServiceClientAutoConfiguration.class))
				.withUserConfiguration(this.configuration);
		}

	}

	interface Service {

		@GetExchange("/things")
		String get(@RequestHeader("X-Id") String id);

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Service.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "payment", types = Service.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "confused", types = Service.class, clientType = ClientType.REST_CLIENT)
	static class OnRestClient {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Service.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "payment", types = Service.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "confused", types = Service.class, clientType = ClientType.WEB_CLIENT)
	static class OnWebClient {

	}

}
