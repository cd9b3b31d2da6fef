package dev.tidepool.autoconfigure;

import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The main path, from properties to an upstream and back.
 */
class MainPathTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application();

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
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> client.post()
					.uri(server.url())
					.header("X-Id", "post")
					.body("x")
					.retrieve()
					.toBodilessEntity());
				assertThat(client.post()
					.uri(server.url())
					.header("X-Id", "key")
					.header("Idempotency-Key", "1")
					.body("x")
					.retrieve()
					.body(String.class)).isEqualTo("fine");
			});
			assertThat(server.requests("get")).isEqualTo(2);
			assertThat(server.requests("post")).isEqualTo(1);
			assertThat(server.requests("key")).isEqualTo(2);
		}
	}

}
