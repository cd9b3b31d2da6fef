package dev.tidepool.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The main path, from properties to an upstream and back.
 */
class MainPathTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(TidepoolAutoConfiguration.class, TidepoolRestClientAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class));

	@Test
	void callsOneAfterTheOtherShareOneConnection() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				for (int i = 0; i < 10; i++) {
					RestClient client = context.getBean(RestClient.Builder.class).build();
					assertThat(client.get().uri(server.url()).retrieve().body(String.class)).isEqualTo("fine");
					assertThat(client.post().uri(server.url()).body("hello").retrieve().body(String.class))
						.isEqualTo("fine");
				}
			});
			assertThat(server.accepted()).isOne();
			assertThat(server.requests()).isEqualTo(20);
		}
	}

	@Test
	void lostIdempotentRequestIsRepeatedOnceAndPostIsNot() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.reset();
			}
			else {
				exchange.respond(200, "fine");
			}
		})) {
			this.contextRunner.run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				assertThat(client.get().uri(server.url()).header("X-Id", "get").retrieve().body(String.class))
					.isEqualTo("fine");
				try {
					client.post().uri(server.url()).header("X-Id", "post").body("x").retrieve().body(String.class);
				}
				catch (Exception ex) {
					System.out.println(ex);
				}
				client.post()
					.uri(server.url())
					.header("X-Id", "key")
					.header("Idempotency-Key", "1")
					.body("x")
					.retrieve()
					.body(String.class);
			});
			assertThat(server.requests("get")).isEqualTo(2);
			assertThat(server.requests("post")).isEqualTo(1);
			assertThat(server.requests("key")).isEqualTo(2);
		}
	}

}
