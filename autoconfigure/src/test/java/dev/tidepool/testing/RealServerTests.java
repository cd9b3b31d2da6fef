package dev.tidepool.testing;

import java.net.InetAddress;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server on a port exercises all of Tidepool, and a {@code DnsResolver} bean leads the
 * names of production to it.
 */
class RealServerTests {

	private final ApplicationContextRunner contextRunner = TestRunners.applicationWithBothClients();

	@Test
	void callsOfBothClientsGoThroughThePoolAndAreRepeated() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond((exchange.attempt() == 1) ? 503 : 200, "12"))) {
			this.contextRunner.run((context) -> {
				assertThat(context.getBean(RestClient.class)
					.get()
					.uri(server.url())
					.header("X-Id", "blocking")
					.retrieve()
					.body(String.class)).isEqualTo("12");
				assertThat(context.getBean(WebClient.class)
					.get()
					.uri(server.url())
					.header("X-Id", "reactive")
					.retrieve()
					.bodyToMono(String.class)
					.block()).isEqualTo("12");
				assertThat(context.getBean(Upstreams.class).stats()).hasSize(1);
			});
			assertThat(server.requests("blocking")).isEqualTo(2);
			assertThat(server.requests("reactive")).isEqualTo(2);
		}
	}

	@Test
	void dnsResolverOfATestLeadsAnyNameToItsServerWithTheSettingsOfThatName() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, ""))) {
			String url = "http://stock.example.com:" + server.port();
			this.contextRunner.withUserConfiguration(Loopback.class)
				.withPropertyValues("tidepool.upstreams.stock.hosts=stock.example.com",
						"tidepool.upstreams.stock.retry.max-attempts=1")
				.run((context) -> {
					int blocking = context.getBean(RestClient.class)
						.get()
						.uri(url)
						.exchange((request, response) -> response.getStatusCode().value());
					assertThat(blocking).isEqualTo(503);
					Integer reactive = context.getBean(WebClient.class)
						.get()
						.uri(url)
						.exchangeToMono((response) -> Mono.just(response.statusCode().value()))
						.block();
					assertThat(reactive).isEqualTo(503);
					assertThat(context.getBean(Upstreams.class).stats()).extracting(UpstreamStats::tag)
						.containsOnly("stock");
				});
			assertThat(server.log()).hasSize(2)
				.allSatisfy((request) -> assertThat(request.header("Host"))
					.isEqualTo("stock.example.com:" + server.port()));
		}
	}

	@Test
	void webTestClientHasAConnectorOfItsOwn() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "12"))) {
			this.contextRunner.run((context) -> {
				WebTestClient.bindToServer()
					.baseUrl(server.url())
					.build()
					.get()
					.exchange()
					.expectStatus()
					.isOk()
					.expectBody(String.class)
					.isEqualTo("12");
				assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
			});
			assertThat(server.requests()).isOne();
		}
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Loopback {

		@Bean
		DnsResolver loopback() {
			return new DnsResolver() {

				@Override
				public InetAddress[] resolve(String host) {
					return new InetAddress[] { InetAddress.getLoopbackAddress() };
				}

				@Override
				public String resolveCanonicalHostname(String host) {
					return host;
				}

			};
		}

	}

}
