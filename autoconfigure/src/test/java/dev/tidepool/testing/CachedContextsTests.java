package dev.tidepool.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What contexts cost that Spring's test framework keeps, and what becomes of those that
 * it pauses.
 */
class CachedContextsTests {

	private static final String[] OF_EACH_CONTEXT = { "tidepool-deadlines", "tidepool-sweeper" };

	private final ApplicationContextRunner contextRunner = TestRunners.applicationWithBothClients();

	private final Set<Thread> before = threads();

	@Test
	void contextHasTwoThreadsUntilWebClientCallsAndNoneOnceItIsClosed() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				assertThat(context.getBean(RestClient.class).get().uri(server.url()).retrieve().body(String.class))
					.isEqualTo("fine");
				assertThat(names()).containsExactlyInAnyOrder(OF_EACH_CONTEXT).allMatch(CachedContextsTests::isDaemon);
				assertThat(context.getBean(WebClient.class)
					.get()
					.uri(server.url())
					.retrieve()
					.bodyToMono(String.class)
					.block()).isEqualTo("fine");
				List<String> expected = new ArrayList<>(List.of(OF_EACH_CONTEXT));
				for (int i = 1; i <= Runtime.getRuntime().availableProcessors(); i++) {
					expected.add("tidepool-io-" + i);
				}
				Awaitility.await()
					.untilAsserted(() -> assertThat(names()).containsExactlyInAnyOrderElementsOf(expected));
			});
		}
		Awaitility.await().untilAsserted(() -> assertThat(names()).isEmpty());
	}

	@Test
	void contextThatIsPausedClosesItsConnectionsAndRefusesCallsUntilItIsRestarted() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				Runnable call = () -> client.get().uri(server.url()).retrieve().toBodilessEntity();
				call.run();
				ConfigurableApplicationContext paused = context.getSourceApplicationContext();
				paused.pause();
				Awaitility.await().untilAsserted(() -> assertThat(server.open()).isZero());
				assertThatExceptionOfType(CompletionException.class)
					.isThrownBy(() -> CompletableFuture.runAsync(call, (task) -> new Thread(task).start()).join())
					.havingCause()
					.isInstanceOf(ResourceAccessException.class)
					.withMessageContaining("the connection pool is closed");
				paused.restart();
				call.run();
			});
			assertThat(server.requests()).isEqualTo(2);
			assertThat(server.accepted()).isEqualTo(2);
		}
	}

	private static boolean isDaemon(String name) {
		return threads().stream().filter((thread) -> thread.getName().equals(name)).allMatch(Thread::isDaemon);
	}

	private List<String> names() {
		Set<Thread> more = new HashSet<>(threads());
		more.removeAll(this.before);
		return more.stream().map(Thread::getName).toList();
	}

	// Those that resolve names do not stay
	private static Set<Thread> threads() {
		Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
		threads.removeIf((thread) -> !thread.getName().startsWith("tidepool-")
				|| Objects.equals(thread.getName(), "tidepool-resolver"));
		return threads;
	}

}
