package dev.tidepool.contract;

import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.Tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One pool behind all clients of an application, and what each keeps to itself.
 */
abstract class SharingContract extends Contract {

	private static final Duration BOUND = Duration.ofSeconds(30);

	SharingContract(ContractSide side) {
		super(side);
	}

	@Test
	void builderForEachCallOpensNoMoreConnectionsThanThereAreCallers() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			Outcome first = Callers.run(6, 6, BOUND, (number) -> application.client().get(server.uri("/")));
			List<String> threads = threads();
			Outcome all = Callers.run(6, 194, BOUND, (number) -> application.client().get(server.uri("/")));
			assertThat(Stream.of(first, all)).extracting(Outcome::firstFailure).containsOnlyNulls();
			assertThat(server.requests()).isEqualTo(200);
			assertThat(server.accepted()).isLessThanOrEqualTo(6);
			assertThat(Sockets.heldByClients(server.port())).isLessThanOrEqualTo(6);
			assertThat(threads()).hasSizeLessThanOrEqualTo(threads.size());
		});
	}

	@Test
	void callersOfAllKindsShareOneConnectionAndKeepTheirOwnTimeouts() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/stall")) {
				exchange.stall(BOUND);
			}
			exchange.respond(200, "fine");
		});
		Map<String, Duration> timeouts = Map.of("quick", Duration.ofMillis(2000), "middling", Duration.ofMillis(2500),
				"slow", Duration.ofMillis(3000));
		runWithGroups((application) -> {
			for (int i = 0; i < 10; i++) {
				assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			}
			assertThat(application.readyClient().get(server.uri("/"))).isEqualTo("fine");
			for (String group : ContractSide.GROUPS) {
				assertThat(application.callService(group, server.uri("/"))).isEqualTo("fine");
			}
			assertThat(server.requests()).isEqualTo(14);
			assertThat(server.accepted()).isOne();
			timeouts.forEach((group, timeout) -> {
				long start = System.nanoTime();
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.callService(group, server.uri("/stall")))
					.havingCause()
					.isInstanceOf(SocketTimeoutException.class)
					.withMessageContainingAll("In attempt 1 (GET) to upstream " + server.url(),
							"no complete response head came within ");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(timeout.minusMillis(50),
						timeout.plus(WIDE));
			});
			assertThat(server.requests()).isEqualTo(17);
		}, timeouts.entrySet()
			.stream()
			.map((timeout) -> "spring.http.serviceclient.%s.read-timeout=%s".formatted(timeout.getKey(),
					timeout.getValue()))
			.toArray(String[]::new));
	}

	@Test
	void readTimeoutOfOneClientLeavesTheOthersAlone() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/slow")) {
				exchange.stall(Duration.ofMillis(1200));
			}
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractClient hasty = application.client((settings) -> settings.withReadTimeout(Duration.ofMillis(300)));
			ContractClient patient = application.client((settings) -> settings.withReadTimeout(BOUND));
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> hasty.get(server.uri("/slow")))
				.havingCause()
				.isInstanceOf(SocketTimeoutException.class)
				.withMessageContaining("300ms");
			assertThat(patient.get(server.uri("/slow"))).isEqualTo("fine");
			assertThat(application.client().get(server.uri("/slow"))).isEqualTo("fine");
			eventually().until(() -> server.requests() == 3);
		});
	}

	@Test
	void readTimeoutOfAllClientsIsNamedByItsProperty() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.stall(BOUND));
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().get(server.uri("/")))
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContainingAll("1s", "spring.http.clients.read-timeout"), "spring.http.clients.read-timeout=1s");
		assertThat(server.requests()).isOne();
	}

	@Test
	void cookieOfOneClientIsNeverSentByAnother() throws Exception {
		ScriptedServer server = serve(
				(exchange) -> exchange.respond(200, "fine", "Set-Cookie: session=secret; Path=/"));
		runWithGroups((application) -> {
			ContractClient owner = application.client();
			owner.get(server.uri("/"));
			application.client().get(server.uri("/others"));
			application.callService("quick", server.uri("/others"));
			owner.get(server.uri("/owner"));
			assertThat(server.log()).extracting((request) -> request.header("Cookie"))
				.containsExactly(null, null, null, "session=secret");
			assertThat(server.accepted()).isOne();
		});
	}

	@Test
	void closedClientLeavesThePoolToTheOthers() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient closed = application.client((settings) -> settings);
			ContractClient other = application.client((settings) -> settings);
			closed.get(server.uri("/"));
			other.get(server.uri("/"));
			closed.close();
			for (int i = 0; i < 5; i++) {
				assertThat(other.get(server.uri("/"))).isEqualTo("fine");
				assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			}
			assertThat(server.accepted()).isOne();
		});
	}

	@Test
	@FaultCase(48)
	void errorInTheBodySourceLeavesThePoolWorking() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			for (int i = 0; i < 3; i++) {
				ContractRequest bomb = ContractRequest.post(server.uri("/")).parts(() -> {
					throw new Bomb();
				});
				assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> client.exchange(bomb))
					.withRootCauseInstanceOf(Bomb.class);
				application.isAtRest();
				assertThat(client.get(server.uri("/"))).isEqualTo("fine");
			}
			assertThat(server.requests()).isEqualTo(3);
		}, "tidepool.pool.max-per-upstream=1");
	}

	@Test
	@FaultCase(62)
	void nothingIsLeftOfAClosedContext() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			assertThat(Callers.run(6, 60, BOUND, (number) -> client.get(server.uri("/"))).firstFailure()).isNull();
			assertThat(threads()).isNotEmpty();
			application.context().close();
			eventually().until(() -> threads().isEmpty());
			eventually().until(() -> Sockets.heldByClients(server.port()) == 0 && server.open() == 0);
		});
	}

	@Test
	void proxyPropertiesOfTheJvmAreNotRead() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		ScriptedServer proxy = serve((exchange) -> exchange.respond(200, "proxied"));
		withSystemProperties(
				Map.of("http.proxyHost", "localhost", "http.proxyPort", String.valueOf(proxy.port()),
						"http.nonProxyHosts", ""),
				() -> run((application) -> assertThat(application.client().get(server.uri("/"))).isEqualTo("fine")));
		assertThat(proxy.accepted()).isZero();
		assertThat(server.requests()).isOne();
	}

	@Test
	void callsGoThroughTheConfiguredProxyOnOneConnection() throws Exception {
		ScriptedServer proxy = serve((exchange) -> exchange.respond(200, "proxied"));
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().get(URI.create("http://upstream.test/path"))).isEqualTo("proxied");
			}
		}, "tidepool.proxy.url=" + proxy.url());
		assertThat(proxy.log()).extracting(ScriptedServer.Request::path)
			.containsExactly("http://upstream.test/path", "http://upstream.test/path", "http://upstream.test/path");
		assertThat(proxy.accepted()).isOne();
	}

	@Test
	void tunnelIsMadeOnceAndTheProxySeesNoHeaderOfTheCall() throws Exception {
		ScriptedServer secure = serveTls("first", (exchange) -> exchange.respond(200, "secure"));
		try (ScriptedServer proxy = ScriptedServer.start(Tunnel::open)) {
			run((application) -> {
				for (int i = 0; i < 3; i++) {
					ContractRequest request = ContractRequest.get(secure.uri("/")).header("Authorization", "secret");
					assertThat(application.client().exchange(request).body()).isEqualTo("secure");
				}
			}, "tidepool.proxy.url=" + proxy.url());
			assertThat(secure.accepted()).isOne();
			assertThat(secure.log()).extracting((request) -> request.header("Authorization")).containsOnly("secret");
			assertThat(proxy.log()).singleElement().satisfies((connect) -> {
				assertThat(connect.method()).isEqualTo("CONNECT");
				assertThat(connect.headers()).doesNotContainKey("Authorization");
			});
		}
	}

	private static List<String> threads() {
		// Those that resolve names do not stay
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> name.startsWith("tidepool") && !name.equals("tidepool-resolver"))
			.toList();
	}

	private static void withSystemProperties(Map<String, String> properties, Runnable action) {
		Map<String, String> before = new HashMap<>();
		properties.forEach((name, value) -> before.put(name, System.setProperty(name, value)));
		try {
			action.run();
		}
		finally {
			before.forEach((name, value) -> {
				if (value != null) {
					System.setProperty(name, value);
				}
				else {
					System.clearProperty(name);
				}
			});
		}
	}

	private static final class Bomb extends Error {

		private static final long serialVersionUID = 1L;

	}

}
