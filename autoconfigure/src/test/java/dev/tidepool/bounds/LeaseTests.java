package dev.tidepool.bounds;

import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Taking a connection out of the pool, once the gate is passed.
 */
class LeaseTests {

	@Test
	void callOnAnInterruptedThreadFailsAsAnInterruptedOneAndKeepsTheFlag() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().run((context) -> {
				Thread.currentThread().interrupt();
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> call(context, server))
					.withMessageContaining("Interrupted in attempt 1 of GET");
				assertThat(Thread.interrupted()).isTrue();
				assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
				call(context, server);
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	void connectionThatComesAfterItsCallWasGivenUpIsClosed() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application().run((context) -> {
				PoolAccess access = new PoolAccess(context.getBean(ClassicPool.class), server.url());
				ConnectionEndpoint endpoint = access.lease();
				access.release(endpoint);
				access.connect(endpoint);
				assertThat(endpoint.isConnected()).isFalse();
				PoolCounts counts = new PoolCounts(context);
				Awaitility.await().untilAsserted(() -> assertThat(counts.open()).isZero());
				assertThat(counts.waiting()).isZero();
				assertThat(counts.upstreams().gate().active()).isZero();
			});
		}
	}

	private static void call(ApplicationContext context, ScriptedServer server) {
		context.getBean(RestClient.class).get().uri(server.url()).retrieve().toBodilessEntity();
	}

}
