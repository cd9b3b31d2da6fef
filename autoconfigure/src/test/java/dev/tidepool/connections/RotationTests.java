package dev.tidepool.connections;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Certificates are replaced while the application runs (FAULTS 59).
 */
class RotationTests {

	@TempDir
	private Path folder;

	@Test
	void existingAndNewClientsGoOnAfterARotation() throws Exception {
		copy("first");
		try (ScriptedServer before = server("first"); ScriptedServer after = server("second")) {
			TestRunners.application()
				.withPropertyValues("spring.ssl.bundle.pem.upstream.truststore.certificate=" + certificate().toUri(),
						"spring.http.clients.ssl.bundle=upstream")
				.run((context) -> {
					RestClient existing = context.getBean(RestClient.class);
					assertThat(get(existing, before)).isEqualTo("fine");
					rotate(context);
					Awaitility.await()
						.until(() -> context.getBean(Upstreams.class)
							.stats()
							.iterator()
							.next()
							.closed(CloseReason.TLS_ROTATED) == 1);
					Awaitility.await().until(() -> before.open() == 0);
					assertThat(get(existing, after)).isEqualTo("fine");
					assertThat(get(context.getBean(RestClient.Builder.class).build(), after)).isEqualTo("fine");
				});
			assertThat(after.accepted()).isOne();
		}
	}

	@Test
	void connectionInUseServesItsCallAndIsNotReused() throws Exception {
		copy("first");
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "x".repeat(100_000)))) {
			TestRunners.application()
				.withPropertyValues("spring.ssl.bundle.pem.upstream.truststore.certificate=" + certificate().toUri(),
						"tidepool.ssl.bundle=upstream")
				.run((context) -> {
					int length = context.getBean(RestClient.class)
						.get()
						.uri(server.url())
						.exchange((request, response) -> {
							int first = response.getBody().readNBytes(10).length;
							rotate(context);
							return first + response.getBody().readAllBytes().length;
						});
					assertThat(length).isEqualTo(100_000);
					Awaitility.await().until(() -> server.open() == 0);
				});
		}
	}

	private static void rotate(ApplicationContext context) {
		context.getBean(DefaultSslBundleRegistry.class).updateBundle("upstream", TestTls.trusting("second"));
	}

	private void copy(String name) throws Exception {
		Files.copy(RotationTests.class.getResourceAsStream("/tls/" + name + ".crt"), certificate(),
				StandardCopyOption.REPLACE_EXISTING);
	}

	private Path certificate() {
		return this.folder.resolve("upstream.crt");
	}

	private static ScriptedServer server(String certificate) throws Exception {
		return ScriptedServer.startTls(TestTls.server(certificate), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

}
