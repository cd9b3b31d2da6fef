package dev.tidepool.bounds;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ClosedPort;
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
	void connectionsOfEachClientAreThereWhenTheApplicationIsReadyAndTheFirstCallsMakeNone() throws Exception {
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
						"tidepool.upstreams.orders.pool.min-idle=3",
						"tidepool.upstreams.orders.keep-alive.upstream-timeout=10m", "spring.main.banner-mode=off",
						"spring.main.lazy-initialization=true")
				.run()) {
				assertThat(idleWhenReady).as("three of each client").containsExactly(6L);
				assertThat(get(context.getBean(RestClient.Builder.class).build(), server)).isEqualTo("fine");
				assertThat(context.getBean(RestTemplateBuilder.class).build().getForObject(server.url(), String.class))
					.isEqualTo("fine");
				assertThat(get(context.getBean(WebClient.Builder.class).build(), server)).isEqualTo("fine");
				// There may be a seventh, if a call was in progress as they were counted
				assertThat(server.log()).extracting(ScriptedServer.Request::connection)
					.allSatisfy((connection) -> assertThat(connection).isBetween(1, 6));
				assertThat(server.log()).extracting(ScriptedServer.Request::onConnection).containsExactly(1, 2, 1);
			}
			assertNoThread();
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionsAreThoseOfTheBundleThatAllClientsAreBuiltWith(ClientKind kind) throws Exception {
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"))) {
			application(kind)
				.withPropertyValues(TestTls.trustProperty("own", "first"), "spring.http.clients.ssl.bundle=own",
						"tidepool.pool.min-idle=1", "tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					assertThat(idle(context)).isOne();
					assertThat(server.accepted()).isOne();
					assertThat(get(kind, context, server)).isEqualTo("fine");
					// There may be a second by now, as that one was in use
					assertThat(server.log()).singleElement()
						.satisfies((request) -> assertThat(request.connection()).isOne());
				});
		}
	}

	@ParameterizedTest
	@EnumSource
	void upstreamsThatAreDownHoldUpNeitherTheStartNorTheOthers(ClientKind kind, CapturedOutput output)
			throws Exception {
		try (ScriptedServer server = server();
				ClosedPort refusing = new ClosedPort();
				ServerSocket stalling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			application(kind)
				.withPropertyValues("tidepool.pool.min-idle=2", "tidepool.timeout.connect=1s",
						"tidepool.timeout.tls-handshake=1s",
						"tidepool.upstreams.stalling.base-url=https://localhost:" + stalling.getLocalPort(),
						"tidepool.upstreams.refusing.base-url=http://localhost:" + refusing.number(),
						"tidepool.upstreams.unknown.base-url=http://nosuch.invalid",
						"tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					assertThat(context).hasNotFailed();
					Awaitility.await().until(() -> server.open() == 2 && idle(context) == 2);
					assertThat(server.accepted()).isEqualTo(2);
					assertThat(get(kind, context, server)).isEqualTo("fine");
					assertThat(server.log()).singleElement()
						.satisfies((request) -> assertThat(request.connection()).isLessThanOrEqualTo(2));
					for (String name : List.of("stalling", "refusing", "unknown")) {
						String warning = "No connections are kept ready to upstream '" + name + "'";
						Awaitility.await().until(() -> output.getAll().contains(warning));
						assertThat(output.getAll()).containsOnlyOnce(warning);
					}
				});
			assertNoThread();
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionsAreMadeAgainAfterTheUpstreamClosedAll(ClientKind kind) throws Exception {
		try (ScriptedServer server = server()) {
			application(kind)
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.min-idle=2")
				.run((context) -> {
					Awaitility.await().until(() -> server.open() == 2 && idle(context) == 2);
					server.closeConnections();
					Awaitility.await().until(() -> server.accepted() == 4 && server.open() == 2 && idle(context) == 2);
					assertThat(server.accepted()).isEqualTo(4);
					assertThat(get(kind, context, server)).isEqualTo("fine");
					assertThat(server.log()).singleElement()
						.satisfies((request) -> assertThat(request.connection()).isBetween(3, 4));
				});
			Awaitility.await().until(() -> server.open() == 0);
			assertNoThread();
			assertThat(server.accepted()).as("one more, as one was in use").isBetween(4, 5);
		}
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsConnectedAndNoThreadIsThereUnlessItIsAskedFor(ClientKind kind) throws Exception {
		try (ScriptedServer server = server()) {
			application(kind).withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url())
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

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	private static ApplicationContextRunner application(ClientKind kind) {
		return (kind == ClientKind.BLOCKING) ? TestRunners.application() : TestRunners.reactiveApplication();
	}

	private static String get(ClientKind kind, ApplicationContext context, ScriptedServer server) {
		return (kind == ClientKind.BLOCKING) ? get(context.getBean(RestClient.class), server)
				: get(context.getBean(WebClient.class), server);
	}

	private static String get(WebClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().bodyToMono(String.class).block(Duration.ofSeconds(30));
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
