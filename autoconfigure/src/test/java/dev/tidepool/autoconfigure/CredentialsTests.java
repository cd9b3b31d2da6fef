package dev.tidepool.autoconfigure;

import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import dev.tidepool.HttpClientBuilderCustomizer;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * HttpClient logs in where an application has given it credentials, and only there.
 */
class CredentialsTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	private String challenge = "Basic realm=\"orders\"";

	private ScriptedServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start((exchange) -> {
			if (exchange.request().header(HttpHeaders.AUTHORIZATION) != null) {
				exchange.respond(200, "welcome");
			}
			else {
				exchange.respond(401, "who?", "WWW-Authenticate: " + this.challenge);
			}
		});
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
	}

	private BasicCredentialsProvider credentials() {
		BasicCredentialsProvider credentials = new BasicCredentialsProvider();
		credentials.setCredentials(new AuthScope(null, -1),
				new UsernamePasswordCredentials("user", "secret".toCharArray()));
		return credentials;
	}

	@Test
	void credentialsOfTheContextOfARequestAreUsed() {
		this.contextRunner.run((context) -> {
			HttpComponentsClientHttpRequestFactory factory = (HttpComponentsClientHttpRequestFactory) context
				.getBean(ClientHttpRequestFactoryBuilder.class)
				.build();
			factory.setHttpContextFactory((method, uri) -> {
				HttpClientContext given = HttpClientContext.create();
				given.setCredentialsProvider(credentials());
				return given;
			});
			assertThat(get(RestClient.builder().requestFactory(factory).build())).isEqualTo("welcome");
		});
		assertThat(this.server.requests()).isEqualTo(2);
		assertThat(this.server.accepted()).isOne();
	}

	@Test
	void credentialsOfACustomizerAreUsed() {
		this.contextRunner
			.withBean(HttpClientBuilderCustomizer.class,
					() -> (builder) -> builder.setDefaultCredentialsProvider(credentials()))
			.run((context) -> assertThat(get(context.getBean(RestClient.class))).isEqualTo("welcome"));
		assertThat(this.server.requests()).isEqualTo(2);
		assertThat(this.server.accepted()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Basic realm=\"orders\"", "Bearer", "Basic realm=\"", ",,," })
	void challengeIsTheCallersWithoutCredentials(String challenge) {
		this.challenge = challenge;
		this.contextRunner.run((context) -> assertThatExceptionOfType(HttpClientErrorException.Unauthorized.class)
			.isThrownBy(() -> get(context.getBean(RestClient.class)))
			.satisfies((ex) -> assertThat(ex.getResponseBodyAsString()).isEqualTo("who?"))
			.satisfies((ex) -> assertThat(ex.getResponseHeaders().getFirst("WWW-Authenticate")).isEqualTo(challenge)));
		assertThat(this.server.requests()).isOne();
	}

	private String get(RestClient client) {
		return client.get().uri(this.server.url()).retrieve().body(String.class);
	}

}
