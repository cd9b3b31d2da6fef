package dev.tidepool.bounds;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Resolving, connecting and handshakes end with the call, or with their own time-out
 * (FAULTS 13, 14, 18, 25).
 */
class ConnectDeadlineIT {

	private static final Duration WIDE = Duration.ofSeconds(10);

	private final ScriptedResolver names = new ScriptedResolver();

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final ApplicationContextRunner contextRunner = TestRunners.application()
		.withBean(DnsResolver.class, () -> this.names);

	@AfterEach
	void release() {
		this.stopped.countDown();
		this.names.release();
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.connect", "tidepool.timeout.call" })
	void resolverThatHangsEndsWith(String property) {
		this.contextRunner.withPropertyValues(property + "=1s")
			.run((context) -> endsInTime(context, "http://hanging:80", "attempt 1 (resolving)",
					"the name 'hanging' was not resolved", "1s", property));
		assertThat(this.names.started()).isOne();
	}

	@Test
	void resolverThatHangsEndsWithTheTimeoutOfTheCall() {
		this.contextRunner.run((context) -> {
			RestClient client = context.getBean(RestClient.class)
				.mutate()
				.defaultRequest((request) -> request.attributes(CallTimeout.of(Duration.ofSeconds(1))))
				.build();
			endsInTime(context, client, "http://hanging:80", "(resolving)", CallTimeout.ATTRIBUTE);
		});
	}

	@Test
	void upstreamWhoseNameHangsDoesNotHoldUpAnother() throws Exception {
		this.names.with("up", "127.0.0.1");
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.contextRunner.withPropertyValues("tidepool.timeout.call=100ms").run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				for (int i = 0; i < 10; i++) {
					assertThatExceptionOfType(ResourceAccessException.class)
						.isThrownBy(() -> client.get().uri("http://hanging:80").retrieve().toBodilessEntity());
				}
				assertThat(this.names.started()).isOne();
				assertThat(client.get()
					.uri("http://up:" + server.port())
					.attributes(CallTimeout.of(WIDE))
					.retrieve()
					.body(String.class)).isEqualTo("fine");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.connect", "tidepool.timeout.call" })
	void allAddressesTogetherEndWith(String property) throws Exception {
		try (DeafServer first = DeafServer.start("127.0.0.1", 0);
				DeafServer second = DeafServer.start("127.0.0.2", first.port());
				DeafServer third = DeafServer.start("127.0.0.3", first.port())) {
			this.names.with("deaf", "127.0.0.1", "127.0.0.2", "127.0.0.3");
			this.contextRunner.withPropertyValues(property + "=1s")
				.run((context) -> endsInTime(context, "http://deaf:" + first.port(), "attempt 1 (connecting)",
						"none of its 3 addresses accepted a connection", "1s", property));
			assertThat(List.of(second.port(), third.port())).containsOnly(first.port());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.connect", "tidepool.timeout.call" })
	void oneAddressEndsWith(String property) throws Exception {
		try (DeafServer deaf = DeafServer.start("127.0.0.1", 0)) {
			for (String scheme : List.of("http", "https")) {
				this.contextRunner.withPropertyValues(property + "=1s")
					.run((context) -> endsInTime(context, scheme + "://127.0.0.1:" + deaf.port(),
							"attempt 1 (connecting)", "its address accepted no connection", "1s", property));
			}
		}
	}

	@Test
	void deadAddressCostsABoundedDelayNotTheCall() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				DeafServer deaf = DeafServer.start("127.0.0.2", server.port())) {
			this.names.with("half", "127.0.0.2", "127.0.0.1");
			this.contextRunner.withPropertyValues("tidepool.timeout.connect=2s")
				.run((context) -> assertThat(context.getBean(RestClient.class)
					.get()
					.uri("http://half:" + deaf.port())
					.retrieve()
					.body(String.class)).isEqualTo("fine"));
			assertThat(server.requests()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.tls-handshake", "tidepool.timeout.call" })
	void handshakeThatStallsEndsWith(String property) throws Exception {
		// Connected by the kernel
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.contextRunner.withPropertyValues(property + "=2s")
				.run((context) -> endsInTime(context, "https://127.0.0.1:" + silent.getLocalPort(),
						"attempt 1 (connecting)", "the TLS handshake was not complete", "2s", property));
			try (Socket connected = silent.accept()) {
				assertThat(connected.getInputStream().read()).as("a TLS record").isEqualTo(22);
			}
			silent.setSoTimeout(1);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(silent::accept);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.response", "tidepool.timeout.call" })
	void proxyThatStallsEndsWith(String property) throws Exception {
		try (ScriptedServer proxy = ScriptedServer.start((exchange) -> this.stopped.await())) {
			this.contextRunner
				.withPropertyValues(property + "=2s", "tidepool.proxy.url=http://127.0.0.1:" + proxy.port())
				.run((context) -> endsInTime(context, "https://upstream.test", "attempt 1 (CONNECT)", "2s", property));
			assertThat(proxy.log()).extracting(ScriptedServer.Request::method).containsExactly("CONNECT");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.tls-handshake", "tidepool.timeout.call" })
	void handshakeThroughATunnelThatStallsEndsWith(String property) throws Exception {
		try (ScriptedServer proxy = ScriptedServer.start((exchange) -> {
			exchange.raw("HTTP/1.1 200 Connection established\r\n\r\n");
			this.stopped.await();
		})) {
			this.contextRunner
				.withPropertyValues(property + "=2s", "tidepool.proxy.url=http://127.0.0.1:" + proxy.port())
				.run((context) -> endsInTime(context, "https://upstream.test", "the TLS handshake was not complete",
						"2s", property));
			assertThat(proxy.accepted()).isOne();
		}
	}

	@Test
	void connectTimeoutOfZeroIsNone() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.names.with("up", "127.0.0.1");
			this.contextRunner.withPropertyValues("spring.http.clients.connect-timeout=0")
				.run((context) -> assertThat(context.getBean(RestClient.class)
					.get()
					.uri("http://up:" + server.port())
					.retrieve()
					.body(String.class)).isEqualTo("fine"));
		}
	}

	private static void endsInTime(ApplicationContext context, String url, String... messages) {
		endsInTime(context, context.getBean(RestClient.class), url, messages);
	}

	private static void endsInTime(ApplicationContext context, RestClient client, String url, String... messages) {
		List<String> parts = new ArrayList<>(List.of(messages));
		parts.add("altogether");
		long start = System.nanoTime();
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> client.get().uri(url).retrieve().toBodilessEntity())
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContainingAll(parts.toArray(String[]::new));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), WIDE);
		Upstreams upstreams = context.getBean(Upstreams.class);
		UpstreamStats stats = upstreams.stats().iterator().next();
		assertThat(stats.connections()).isEmpty();
		assertThat(upstreams.gate().active()).isZero();
	}

}
