package dev.tidepool.contract;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.measured.Callers;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection that the peer closed, or on which bytes wait that no request asked for, is
 * never handed to a caller.
 */
abstract class DeadConnectionContract extends Contract {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";

	private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

	private static final String NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n";

	DeadConnectionContract(ContractSide side) {
		super(side);
	}

	@ParameterizedTest
	@FaultCase(value = 1, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void closeByThePeerIsNoticedBeforeAnybodyCalls(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			UpstreamStats stats = application.stats(server);
			assertThat(stats.connections(State.IDLE)).isOne();
			server.closeConnections();
			eventually().until(() -> stats.closed(CloseReason.PEER_CLOSED_IDLE) == 1);
			assertThat(stats.connections()).isEmpty();
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@FaultCase(value = { 1, 3 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void callsMeetNoConnectionThatThePeerHasClosed(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.respond(200, "fine");
			if (exchange.request().path().equals("/last")) {
				exchange.close();
			}
		});
		run((application) -> {
			for (int i = 0; i < 20; i++) {
				application.client().get(server.uri("/last"));
				eventually().until(() -> isClosedAndSeen(server));
				HttpMethod method = (i % 2 == 0) ? HttpMethod.POST : HttpMethod.GET;
				ContractRequest request = ContractRequest.of(method, server.uri("/")).id("call-" + i);
				assertThat(application.client().exchange(request).body()).isEqualTo("fine");
			}
		});
		assertThat(server.requests()).isEqualTo(40);
		assertThat(server.mostRequestsOfOneId()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 11, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void connectionOnWhichThePeerSendsNoMoreIsNotReused(boolean tls) throws Exception {
		AtomicInteger ended = new AtomicInteger();
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.respond(200, exchange.request().header("X-Id"));
			exchange.endOutput();
			ended.incrementAndGet();
		});
		List<Kind> kinds = List.of(Kind.GET, Kind.POST, Kind.GET, Kind.POST, Kind.PATCH, Kind.GET);
		run((application) -> {
			for (int i = 0; i < kinds.size(); i++) {
				Kind kind = kinds.get(i);
				String id = "call-" + i;
				assertThat(application.client().exchange(kind.request(server.uri("/")).id(id)).body()).isEqualTo(id);
				// What may be sent again may have been sent in vain
				assertThat(server.requests(id)).isLessThanOrEqualTo(kind.isRepeatable() ? 2 : 1);
				int calls = i + 1;
				eventually().until(() -> ended.get() == calls && Sockets.established(server.port()) == 0);
			}
			eventually().until(() -> application.stats(server).connections().isEmpty());
			eventually().until(() -> server.open() == 0);
		});
		assertThat(server.accepted()).isEqualTo(kinds.size());
	}

	// The kernel may deliver the end of a connection later than its peer has closed it
	private static boolean isClosedAndSeen(ScriptedServer server) {
		return server.open() == 0 && Sockets.established(server.port()) == 0;
	}

	@Test
	void postGoesToANewConnectionWithRetriesSwitchedOff() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(200, "fine");
			exchange.close();
		});
		run((application) -> {
			for (int i = 1; i <= 20; i++) {
				assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
				int calls = i;
				eventually().until(() -> server.accepted() == calls && isClosedAndSeen(server));
			}
		}, "tidepool.retry.enabled=false");
		assertThat(server.requests()).isEqualTo(20);
	}

	@ParameterizedTest
	@FaultCase({ 2, 4 })
	@EnumSource
	void lostIdempotentRequestGoesToANewConnectionThoughOthersAreIdle(Loss loss) throws Exception {
		int connections = 8;
		CountDownLatch all = new CountDownLatch(connections);
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/together")) {
				all.countDown();
				all.await();
			}
			else if (exchange.request().onConnection() > 1) {
				// Every connection of before is lost to whoever reuses it
				loss.lose(exchange);
			}
			exchange.respond(200, "fine");
		});
		run((application) -> {
			ContractClient client = application.client();
			Callers.run(connections, connections, BOUND, (number) -> client.get(server.uri("/together")));
			assertThat(server.accepted()).isEqualTo(connections);
			client.exchange(ContractRequest.get(server.uri("/")).id("once"));
			assertThat(server.requests("once")).isEqualTo(2);
			assertThat(server.accepted()).isEqualTo(connections + 1);
			eventually().until(() -> application.stats(server).closed(CloseReason.PEER_CLOSED_ON_REUSE) == 1);
		});
	}

	/**
	 * What a server sends on top of its response.
	 *
	 * @param name for the test report
	 * @param method the method of the request that it follows
	 * @param response the response
	 * @param unasked the bytes that nobody asked for
	 * @param later whether they come after the response was read, else in the same
	 * segment
	 */
	record Vector(String name, HttpMethod method, String response, String unasked, boolean later) {

		@Override
		public String toString() {
			return this.name + (this.later ? ", later" : ", in the same segment");
		}

	}

	static Stream<Vector> vectors() {
		String timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
		return Stream.of(true, false)
			.flatMap((later) -> Stream.of(new Vector("408 on an idle connection", HttpMethod.GET, OK, timeout, later),
					new Vector("an extra response", HttpMethod.GET, OK, POISON, later),
					new Vector("an extra response of 20 kB", HttpMethod.GET, OK,
							"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20000), later),
					new Vector("one byte", HttpMethod.GET, OK, "\n", later),
					new Vector("half a head", HttpMethod.GET, OK, "HTTP/1.1 200 OK\r\nContent-Le", later),
					new Vector("an interim response", HttpMethod.GET, OK, "HTTP/1.1 100 Continue\r\n\r\n", later),
					new Vector("a body after 204", HttpMethod.GET, NO_CONTENT, POISON, later),
					new Vector("a body after 304", HttpMethod.GET,
							"HTTP/1.1 304 Not Modified\r\nContent-Length: 49\r\n\r\n", POISON, later),
					new Vector("a body after HEAD", HttpMethod.HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 49\r\n\r\n",
							POISON, later),
					new Vector("an extra response after POST", HttpMethod.POST, OK, POISON, later)));
	}

	@ParameterizedTest
	@FaultCase({ 10, 41, 42 })
	@MethodSource("vectors")
	void unaskedBytesAreNeverDelivered(Vector vector) throws Exception {
		unaskedBytesAreNeverDelivered(vector, false);
	}

	@ParameterizedTest
	@FaultCase(value = { 10, 41, 42 }, over = Transport.TLS)
	@MethodSource("vectors")
	void unaskedBytesAreNeverDeliveredOnTls(Vector vector) throws Exception {
		unaskedBytesAreNeverDelivered(vector, true);
	}

	private void unaskedBytesAreNeverDelivered(Vector vector, boolean tls) throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		CountDownLatch read = new CountDownLatch(1);
		ScriptedServer server = serve(tls, (exchange) -> answer(exchange, vector, read, sent));
		run((application) -> {
			ContractClient client = application.client();
			client.status(ContractRequest.of(vector.method(), server.uri("/")));
			read.countDown();
			assertThat(sent.await(WIDE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(client.get(server.uri("/next"))).isEqualTo("right");
			assertThat(client.post(server.uri("/next"))).isEqualTo("right");
			eventually().until(() -> application.stats(server).closed(CloseReason.UNASKED_BYTES) == 1);
		});
		assertThat(server.accepted()).isEqualTo(2);
		assertThat(server.requests()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void connectionWithUnaskedBytesLeavesThePoolBeforeAnybodyAsksForIt(boolean tls) throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		Vector vector = new Vector("", HttpMethod.GET, NO_CONTENT, POISON, true);
		ScriptedServer server = serve(tls, (exchange) -> answer(exchange, vector, read, sent));
		run((application) -> {
			application.client().get(server.uri("/"));
			read.countDown();
			eventually().until(() -> server.open() == 0);
			eventually().until(() -> application.stats(server).closed(CloseReason.UNASKED_BYTES) == 1);
		});
	}

	private static void answer(Exchange exchange, Vector vector, CountDownLatch read, CountDownLatch sent)
			throws Exception {
		if (exchange.request().path().equals("/next")) {
			exchange.respond(200, "right");
		}
		else if (vector.later()) {
			exchange.raw(vector.response());
			read.await(WIDE.toSeconds(), TimeUnit.SECONDS);
			exchange.raw(vector.unasked());
			sent.countDown();
		}
		else {
			exchange.raw(vector.response() + vector.unasked());
			sent.countDown();
		}
	}

}
