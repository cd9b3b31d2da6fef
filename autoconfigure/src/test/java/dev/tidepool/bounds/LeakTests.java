package dev.tidepool.bounds;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.PoolExhaustedException;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Responses that are never closed: the pool says so, and takes back what was dropped.
 */
class LeakTests {

	private static final int MAX = 5;

	@Test
	void poolIsFullUntilDroppedResponsesAreCollected() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/whole")) {
				exchange.respond(200, "fine");
			}
			else {
				exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart");
				end.await();
			}
		})) {
			TestRunners.application()
				.withPropertyValues("tidepool.pool.max-per-upstream=" + MAX, "tidepool.pool.acquire-timeout=300ms")
				.run((context) -> {
					RestClient client = context.getBean(RestClient.class);
					List<ClientHttpResponse> unclosed = new ArrayList<>();
					for (int i = 0; i < MAX; i++) {
						unclosed.add(open(context, server));
					}
					assertThatExceptionOfType(ResourceAccessException.class)
						.isThrownBy(() -> client.get().uri(server.url() + "/whole").retrieve().toBodilessEntity())
						.havingCause()
						.isInstanceOfSatisfying(PoolExhaustedException.class, (exhausted) -> {
							assertThat(exhausted.getActive()).isEqualTo(MAX);
							assertThat(exhausted.getMax()).isEqualTo(MAX);
							assertThat(exhausted).hasMessageContaining("tidepool.pool.max-per-upstream");
						});
					UpstreamStats stats = stats(context);
					System.gc();
					assertThat(unclosed).hasSize(MAX);
					assertThat(stats.closed(CloseReason.LEAK)).isZero();
					unclosed.clear();
					Awaitility.await().until(() -> {
						System.gc();
						return stats.closed(CloseReason.LEAK) == MAX;
					});
					Awaitility.await().until(() -> stats.connections(State.ACTIVE) == 0);
					assertThat(client.get().uri(server.url() + "/whole").retrieve().body(String.class))
						.isEqualTo("fine");
					Awaitility.await().until(() -> context.getBean(Upstreams.class).gate().active() == 0);
				});
			end.countDown();
		}
	}

	private static ClientHttpResponse open(ApplicationContext context, ScriptedServer server) throws Exception {
		return context.getBean(ClientHttpRequestFactory.class)
			.createRequest(server.uri("/unclosed"), HttpMethod.GET)
			.execute();
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

}
