package dev.tidepool.bounds;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ApplicationContext;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Request bodies that are not written to their end: never does the upstream see a request
 * that looks complete and is not (FAULTS 48).
 */
class FailingUploadTests {

	private static final byte[] PART = new byte[10_000];

	static Stream<StreamingHttpOutputMessage.Body> failingBodies() {
		return Stream.of((out) -> {
			out.write(PART);
			throw new IOException("On purpose");
		}, (out) -> {
			out.write(PART);
			throw new IllegalArgumentException("On purpose");
		}, (out) -> {
			out.write(PART, 0, 10);
			throw new AssertionError("On purpose");
		});
	}

	@ParameterizedTest
	@FaultCase(value = 48, through = Client.REST_CLIENT)
	@MethodSource("failingBodies")
	void bodyThatFailsHalfwayNeverLooksCompleteOnPlainConnections(StreamingHttpOutputMessage.Body body)
			throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			failsHalfway(server, body);
		}
	}

	@ParameterizedTest
	@FaultCase(value = 48, over = Transport.TLS, through = Client.REST_CLIENT)
	@MethodSource("failingBodies")
	void bodyThatFailsHalfwayNeverLooksCompleteOnTls(StreamingHttpOutputMessage.Body body) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			failsHalfway(server, body);
		}
	}

	private static void failsHalfway(ScriptedServer server, StreamingHttpOutputMessage.Body body) {
		TestRunners.application()
			.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own")
			.run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				assertThatExceptionOfType(Throwable.class)
					.isThrownBy(() -> client.post().uri(server.url()).body(body).retrieve().toBodilessEntity())
					.withMessageContaining("On purpose");
				Awaitility.await().until(() -> server.accepted() == 1 && server.open() == 0);
				assertThat(server.requests()).isZero();
				UpstreamStats stats = stats(context);
				Awaitility.await().until(() -> stats.closed(CloseReason.ERROR) == 1 && stats.connections().isEmpty());
				assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
				client.post().uri(server.url()).body("whole").retrieve().toBodilessEntity();
				assertThat(server.requests()).isOne();
			});
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
