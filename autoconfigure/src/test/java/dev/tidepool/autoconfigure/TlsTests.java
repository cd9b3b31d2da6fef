package dev.tidepool.autoconfigure;

import java.time.Duration;

import javax.net.ssl.SSLException;

import org.junit.jupiter.api.Test;
import org.springframework.boot.restclient.autoconfigure.RestClientSsl;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Upstreams that speak TLS, with identities from configuration and from callers.
 */
class TlsTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withPropertyValues(TestTls.trustProperty("trusting", "first"), TestTls.trustProperty("other", "second"));

	@Test
	void bundleOfTheUpstreamIsUsed() throws Exception {
		try (ScriptedServer server = server()) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.secure.base-url=" + server.url(),
						"tidepool.upstreams.secure.ssl.bundle=trusting")
				.run((context) -> {
					for (int i = 0; i < 5; i++) {
						assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
					}
				});
			assertThat(server.accepted()).isOne();
			assertThat(server.requests()).isEqualTo(5);
		}
	}

	@Test
	void untrustedCertificateFailsAtOnceWithoutAnotherAttempt() throws Exception {
		try (ScriptedServer server = server()) {
			this.contextRunner.withPropertyValues("tidepool.ssl.bundle=other")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(context.getBean(RestClient.class), server))
					.withCauseInstanceOf(SSLException.class));
			assertThat(server.accepted()).isOne();
			assertThat(server.requests()).isZero();
		}
	}

	@Test
	void hostNameIsVerified() throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("elsewhere"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner
				.withPropertyValues(TestTls.trustProperty("elsewhere", "elsewhere"), "tidepool.ssl.bundle=elsewhere")
				.run((context) -> assertThatExceptionOfType(ResourceAccessException.class)
					.isThrownBy(() -> get(context.getBean(RestClient.class), server))
					.withCauseInstanceOf(SSLException.class));
			assertThat(server.requests()).isZero();
		}
	}

	@Test
	void connectionsAreSharedWithinAnIdentityAndNeverAcross() throws Exception {
		try (ScriptedServer server = server()) {
			this.contextRunner.withPropertyValues("tidepool.ssl.bundle=trusting").run((context) -> {
				RestClientSsl ssl = context.getBean(RestClientSsl.class);
				for (int i = 0; i < 3; i++) {
					RestClient named = context.getBean(RestClient.Builder.class)
						.apply(ssl.fromBundle("trusting"))
						.build();
					assertThat(get(named, server)).isEqualTo("fine");
				}
				assertThat(server.accepted()).isOne();
				assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
				assertThat(server.accepted()).isEqualTo(2);
				RestClient untrusting = context.getBean(RestClient.Builder.class)
					.apply(ssl.fromBundle("other"))
					.build();
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(untrusting, server));
			});
			assertThat(server.accepted()).isEqualTo(3);
			assertThat(server.requests()).isEqualTo(4);
		}
	}

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

}
