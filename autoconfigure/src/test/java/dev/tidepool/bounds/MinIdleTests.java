package dev.tidepool.bounds;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that are there before anybody calls.
 */
@ExtendWith(OutputCaptureExtension.class)
class MinIdleTests {

	private static final String THREAD_NAME = "tidepool-min-idle";

	@Test
	void connectionsAreThereWhenTheApplicationIsReadyAndTheFirstCallsMakeNone() throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			List<Long> idleWhenReady = new ArrayList<>();
			ApplicationListener<ApplicationReadyEvent> listener = (event) -> idleWhenReady
				.add(idle(event.getApplicationContext()));
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.listeners(listener)
				.properties(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own",
						"tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.min-idle=3", "spring.main.banner-mode=off",
						"spring.main.lazy-initialization=true")
				.run()) {
				assertThat(idleWhenReady).containsExactly(3L);
				assertThat(get(context.getBean(RestClient.Builder.class).build(), server)).isEqualTo("fine");
				assertThat(context.getBean(RestTemplateBuilder.class).build().getForObject(server.url(), String.class))
					.isEqualTo("fine");
				assertThat(server.accepted()).isEqualTo(3);
				assertThat(server.log()).extracting(ScriptedServer.Request::onConnection).containsExactly(1, 2);
			}
			assertNoThread();
		}
	}

	@Test
	void connectionsAreThoseOfTheBundleThatAllClientsAreBuiltWith() throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			TestRunners.application()
				.withPropertyValues(TestTls.trustProperty("own", "first"), "spring.http.clients.ssl.bundle=own",
						"tidepool.pool.min-idle=1", "tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					assertThat(idle(context)).isOne();
					assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
					assertThat(server.accepted()).isOne();
				});
		}
	}

	@Test
	void upstreamsThatAreDownHoldUpNeitherTheStartNorTheOthers(CapturedOutput output) throws Exception {
		try (ScriptedServer server = server();
				ServerSocket stalling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			TestRunners.application()
				.withPropertyValues("tidepool.pool.min-idle=2", "tidepool.timeout.connect=200ms",
						"tidepool.timeout.tls-handshake=300ms",
						"tidepool.upstreams.stalling.base-url=https://localhost:" + stalling.getLocalPort(),
						"tidepool.upstreams.refusing.base-url=http://localhost:" + freePort(),
						"tidepool.upstreams.unknown.base-url=http://nosuch.invalid",
						"tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					assertThat(context).hasNotFailed();
					Awaitility.await().until(() -> server.open() == 2);
					assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
					assertThat(server.accepted()).isEqualTo(2);
					for (String name : List.of("stalling", "refusing", "unknown")) {
						String warning = "No connections are kept ready to upstream '" + name + "'";
						Awaitility.await().until(() -> output.getAll().contains(warning));
						assertThat(output.getAll()).containsOnlyOnce(warning);
					}
				});
			assertNoThread();
		}
	}

	@Test
	void connectionsAreMadeAgainAfterTheUpstreamClosedAll() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application()
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.min-idle=2")
				.run((context) -> {
					Awaitility.await().until(() -> server.open() == 2);
					server.closeConnections();
					Awaitility.await().until(() -> server.accepted() == 4 && server.open() == 2);
					assertThat(get(context.getBean(RestClient.class), server)).isEqualTo("fine");
					assertThat(server.accepted()).isEqualTo(4);
				});
			Awaitility.await().until(() -> server.open() == 0);
			assertNoThread();
			assertThat(server.accepted()).as("after the close").isEqualTo(4);
		}
	}

	@Test
	void nothingIsConnectedAndNoThreadIsThereUnlessItIsAskedFor() throws Exception {
		try (ScriptedServer server = server()) {
			TestRunners.application()
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					assertNoThread();
					assertThat(server.accepted()).isZero();
					assertThat(context.getBean(Upstreams.class).stats()).isEmpty();
				});
		}
	}

	private static void assertNoThread() {
		Awaitility.await()
			.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain(THREAD_NAME));
	}

	private static long idle(ApplicationContext context) {
		return context.getBean(Upstreams.class)
			.stats()
			.stream()
			.mapToLong((stats) -> stats.connections(State.IDLE))
			.sum();
	}

	private static int freePort() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
