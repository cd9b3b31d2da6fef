package dev.tidepool.contract;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.policy.Durations;
import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every wait ends, and says which.
 */
abstract class TimeContract extends Contract {

	private static final String BODY = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

	private static final Duration SECOND = Duration.ofSeconds(1);

	// And what a clock may be off
	private static final Duration SHORT = SECOND.minusMillis(50);

	// A handshake, or much else before the wait, takes its time on a busy machine
	private static final Duration LONGER = SECOND.multipliedBy(2);

	private final ScriptedResolver names = new ScriptedResolver();

	private final CountDownLatch stopped = new CountDownLatch(1);

	TimeContract(ContractSide side) {
		super(side);
	}

	@AfterEach
	void stop() {
		this.stopped.countDown();
		this.names.release();
	}

	/**
	 * An upstream that keeps its caller waiting.
	 *
	 * @param name for the test report
	 * @param head what it sends at once
	 * @param drip what it sends again and again after
	 * @param property the property that is to end the wait
	 */
	record Stall(String name, String head, String drip, String property) {

		@Override
		public String toString() {
			return this.name + ", ended by " + this.property;
		}

	}

	static Stream<Stall> stalls() {
		String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
		return Stream.of(new Stall("nothing comes", "", "", "tidepool.timeout.response"),
				new Stall("nothing comes", "", "", "tidepool.timeout.call"),
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.response"),
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.call"),
				new Stall("endless interim responses", "", "HTTP/1.1 103 Early Hints\r\n\r\n",
						"tidepool.timeout.response"),
				new Stall("the body stalls", BODY, "", "tidepool.timeout.read"),
				new Stall("the body stalls", BODY, "", "tidepool.timeout.call"),
				new Stall("the body drips", BODY, "x", "tidepool.timeout.call"),
				new Stall("chunks drip", chunked, "1\r\nx\r\n", "tidepool.timeout.call"));
	}

	// One of each phase
	static Stream<Stall> stallsOnTls() {
		return Stream.of(new Stall("nothing comes", "", "", "tidepool.timeout.response"),
				new Stall("the head drips", "HTTP/1.1 200 OK\r\nX-Long: ", "x", "tidepool.timeout.call"),
				new Stall("the body stalls", BODY, "", "tidepool.timeout.read"),
				new Stall("the body drips", BODY, "x", "tidepool.timeout.call"));
	}

	@ParameterizedTest
	@FaultCase({ 21, 22, 23 })
	@MethodSource("stalls")
	void everyWaitEnds(Stall stall) throws Exception {
		// The deadline of the call covers connecting, until the upstream has the request
		everyWaitEnds(stall, false, stall.property().equals("tidepool.timeout.call") ? LONGER : SECOND);
	}

	@ParameterizedTest
	@FaultCase(value = { 21, 22, 23 }, over = Transport.TLS)
	@MethodSource("stallsOnTls")
	void everyWaitEndsOnTls(Stall stall) throws Exception {
		everyWaitEnds(stall, true, LONGER);
	}

	private void everyWaitEnds(Stall stall, boolean tls, Duration timeout) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> stall(exchange, stall.head(), stall.drip(), 20));
		run((application) -> {
			timesOut(application, ContractRequest.get(server.uri("/")), timeout.minusMillis(50), "attempt 1",
					Durations.display(timeout), stall.property());
			eventually().until(() -> application.stats(server).closed(CloseReason.DEADLINE) == 1);
			eventually().until(() -> application.stats(server).connections().isEmpty());
			if (!stall.drip().isEmpty()) {
				eventually().until(() -> server.open() == 0);
			}
			// Of all bounds only the time-out
		}, stall.property() + "=" + timeout.toMillis() + "ms", "tidepool.response.max-interim-responses=1000000");
		assertThat(server.requests()).isOne();
	}

	/**
	 * What comes before the upstream keeps its caller waiting.
	 *
	 * @param name for the test report
	 * @param first answers the first request
	 */
	record Prelude(String name, Script first) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	static Stream<Arguments> preludes() {
		List<Prelude> preludes = List.of(
				new Prelude("a repeat after 503", (exchange) -> exchange.respond(503, "", "Retry-After: 0")),
				new Prelude("a repeat after a loss", Exchange::close),
				new Prelude("a redirect", (exchange) -> exchange.respond(302, "", "Location: /moved")));
		return preludes.stream()
			.flatMap((prelude) -> Stream.of("HTTP/1.1 200 OK\r\nX-Long: ", BODY)
				.map((head) -> Arguments.of(prelude, head)));
	}

	@ParameterizedTest
	@FaultCase({ 22, 23 })
	@MethodSource("preludes")
	void deadlineOfTheCallCoversAllOfIt(Prelude prelude, String head) throws Exception {
		AtomicInteger requests = new AtomicInteger();
		ScriptedServer server = serve((exchange) -> {
			if (requests.incrementAndGet() == 1) {
				prelude.first().run(exchange);
			}
			else {
				stall(exchange, head, "x", 50);
			}
		});
		run((application) -> timesOut(application, ContractRequest.get(server.uri("/")), LONGER.minusMillis(50),
				"2s of the whole call", "tidepool.timeout.call", "altogether"), "tidepool.timeout.call=2s");
		assertThat(server.requests()).isEqualTo(2);
	}

	@Test
	void endlessRedirectsEndWithTheCall() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.stall(Duration.ofMillis(50));
			exchange.respond(302, "", "Location: /" + exchange.request().onConnection());
		});
		run((application) -> timesOut(application, ContractRequest.get(server.uri("/")), LONGER.minusMillis(100),
				"tidepool.timeout.call"), "tidepool.timeout.call=2s", "tidepool.redirect.max=1000");
		assertThat(server.requests()).isBetween(2, 41);
	}

	@Test
	@FaultCase(27)
	void pauseThatDoesNotFitIsNotBegun() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(503, "", "Retry-After: 2"));
		run((application) -> {
			long start = System.nanoTime();
			assertThat(application.client().status(ContractRequest.get(server.uri("/")))).isEqualTo(503);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
		}, "tidepool.timeout.call=1500ms");
		assertThat(server.requests()).isOne();
	}

	@Test
	@FaultCase(24)
	void deadlineCoversTheWaitForAConnection() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			this.stopped.await();
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractCall holder = application.client().start(ContractRequest.get(server.uri("/")));
			eventually().until(() -> server.requests() == 1);
			ContractRequest request = ContractRequest.get(server.uri("/")).within(Duration.ofMillis(300));
			long start = System.nanoTime();
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().exchange(request));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(250), WIDE);
			assertThat(application.stats(server).pending()).isZero();
			this.stopped.countDown();
			assertThat(holder.get().body()).isEqualTo("fine");
		}, "tidepool.pool.max-per-upstream=1", "tidepool.pool.acquire-timeout=10m");
		assertThat(server.requests()).isOne();
	}

	@Test
	void bodyReadPastTheDeadlineFailsAlthoughItIsThere() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "x".repeat(1_000_000)));
		run((application) -> {
			ContractExchange exchange = application.client().open(ContractRequest.get(server.uri("/")));
			assertThat(exchange.readSome()).isPositive();
			long read = System.nanoTime();
			eventually().until(() -> System.nanoTime() - read > LONGER.toNanos());
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(exchange::readAll)
				.havingCause()
				.isInstanceOf(SocketTimeoutException.class)
				.withMessageContainingAll("reading the body", "2s of the whole call");
			exchange.close();
			eventually().until(() -> application.stats(server).closed(CloseReason.DEADLINE) == 1);
		}, "tidepool.timeout.call=2s");
	}

	@ParameterizedTest
	@FaultCase(value = 28, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void deadlineDoesNotStickToTheConnection(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.stall(Duration.ofMillis(250));
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractClient client = application.client();
			for (int i = 0; i < 10; i++) {
				assertThat(client.get(server.uri("/"))).isEqualTo("fine");
			}
		}, "tidepool.timeout.call=2s");
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 28, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void timeoutOfOneCallIsItsOwn(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			if (exchange.request().path().equals("/stall")) {
				this.stopped.await();
			}
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractRequest stall = ContractRequest.get(server.uri("/stall")).within(LONGER);
			timesOut(application, stall, LONGER.minusMillis(50), "attempt 1", "2s",
					"request attribute " + CallTimeout.ATTRIBUTE);
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			ContractRequest slow = ContractRequest.get(server.uri("/")).within(WIDE);
			assertThat(application.client().exchange(slow).body()).isEqualTo("fine");
		});
		assertThat(server.requests()).isEqualTo(3);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void longerTimeoutOfACallGoesBeforeTheUpstreams() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.stall(Duration.ofMillis(300));
			exchange.respond(200, "slow");
		});
		run((application) -> assertThat(
				application.client().exchange(ContractRequest.get(server.uri("/")).within(WIDE)).body())
			.isEqualTo("slow"), "tidepool.timeout.call=50ms");
	}

	@ParameterizedTest
	@ValueSource(strings = { "300ms", "" })
	void wrongTimeoutOfACallIsRefusedBeforeAConnectionIsTaken(String value) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		ContractRequest request = ContractRequest.get(server.uri("/"))
			.attribute(CallTimeout.ATTRIBUTE, value.isEmpty() ? Duration.ZERO : value);
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().exchange(request))
			.havingCause()
			.isInstanceOf(IllegalArgumentException.class)
			.withMessageContaining(CallTimeout.ATTRIBUTE));
		assertThat(server.accepted()).isZero();
	}

	@ParameterizedTest
	@FaultCase(18)
	@ValueSource(strings = { "tidepool.timeout.connect", "tidepool.timeout.call" })
	void resolverThatHangsEndsWith(String property) {
		runWithNames(
				(application) -> timesOut(application, ContractRequest.get(URI.create("http://hanging:80/")), SHORT,
						"attempt 1 (resolving)", "the name 'hanging' was not resolved", "1s", property, "altogether"),
				property + "=1s");
		assertThat(this.names.started()).isOne();
	}

	@ParameterizedTest
	@FaultCase({ 13, 14 })
	@ValueSource(strings = { "tidepool.timeout.connect", "tidepool.timeout.call" })
	void allAddressesTogetherEndWith(String property) throws Exception {
		try (DeafServer first = DeafServer.start("127.0.0.1", 0);
				DeafServer second = DeafServer.start("127.0.0.2", first.port())) {
			this.names.with("deaf", "127.0.0.1", "127.0.0.2");
			runWithNames(
					(application) -> timesOut(application,
							ContractRequest.get(URI.create("http://deaf:" + second.port() + "/")), SHORT,
							"attempt 1 (connecting)", "none of its 2 addresses accepted a connection", "1s", property),
					property + "=1s");
		}
	}

	@Test
	@FaultCase({ 13, 14 })
	void addressThatIsDeafTellsMoreThanOneThatThereIsNoWayTo() throws Exception {
		try (DeafServer deaf = DeafServer.start("127.0.0.1", 0)) {
			// The kernel connects to no broadcast address, and sends nothing
			this.names.with("half", "127.0.0.1", "255.255.255.255");
			runWithNames((application) -> timesOut(application,
					ContractRequest.get(URI.create("http://half:" + deaf.port() + "/")), SHORT.dividedBy(2),
					"attempt 1 (connecting)", "none of its 2 addresses accepted a connection",
					"tidepool.timeout.connect"), "tidepool.timeout.connect=1s");
		}
	}

	@Test
	@FaultCase(14)
	void deadAddressCostsABoundedDelayNotTheCall() throws Exception {
		// Not the case's own, since the sockets of the deaf one have its port too
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
				DeafServer deaf = DeafServer.start("127.0.0.2", server.port())) {
			this.names.with("half", "127.0.0.2", "127.0.0.1");
			runWithNames(
					(application) -> assertThat(
							application.client().get(URI.create("http://half:" + deaf.port() + "/")))
						.isEqualTo("fine"),
					"tidepool.timeout.connect=2s");
			assertThat(server.requests()).isOne();
		}
	}

	@ParameterizedTest
	@FaultCase(value = 25, over = Transport.TLS)
	@ValueSource(strings = { "tidepool.timeout.tls-handshake", "tidepool.timeout.call" })
	void handshakeThatStallsEndsWith(String property) throws Exception {
		// Connected by the kernel
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			run((application) -> {
				timesOut(application,
						ContractRequest.get(URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/")),
						LONGER.minusMillis(100), "attempt 1 (connecting)", "the TLS handshake was not complete", "2s",
						property);
				eventually().until(() -> application.stats(silent.getLocalPort()).connections().isEmpty());
			}, property + "=2s");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.timeout.response", "tidepool.timeout.call" })
	void proxyThatStallsEndsWith(String property) throws Exception {
		ScriptedServer proxy = serve((exchange) -> this.stopped.await());
		run((application) -> timesOut(application, ContractRequest.get(URI.create("https://upstream.test/")),
				LONGER.minusMillis(50), "attempt 1 (CONNECT)", "2s", property), property + "=2s",
				"tidepool.proxy.url=http://127.0.0.1:" + proxy.port());
		assertThat(proxy.log()).extracting(ScriptedServer.Request::method).containsExactly("CONNECT");
	}

	@ParameterizedTest
	@FaultCase(value = 26, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void uploadThatIsNotReadEndsWithTheCall(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> this.stopped.await()).withoutReadingBodies();
		run((application) -> {
			timesOut(application, ContractRequest.post(server.uri("/")).body("x".repeat(16 * 1024 * 1024)),
					LONGER.minusMillis(100), "2s of the whole call", "tidepool.timeout.call");
			eventually().until(() -> application.stats(server).connections().isEmpty());
		}, "tidepool.timeout.call=2s");
		assertThat(server.accepted()).isOne();
		assertThat(server.requests()).isOne();
	}

	private void runWithNames(Case test, String... properties) {
		run((runner) -> runner.withBean(DnsResolver.class, () -> this.names), test, properties);
	}

	private static void timesOut(ContractApplication application, ContractRequest request, Duration atLeast,
			String... messages) {
		long start = System.nanoTime();
		assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().exchange(request))
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContainingAll(messages);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(atLeast, WIDE);
		application.isAtRest();
	}

	private void stall(Exchange exchange, String head, String drip, int dripMillis) throws Exception {
		exchange.raw(head);
		while (!this.stopped.await(dripMillis, TimeUnit.MILLISECONDS)) {
			exchange.raw(drip);
		}
	}

}
