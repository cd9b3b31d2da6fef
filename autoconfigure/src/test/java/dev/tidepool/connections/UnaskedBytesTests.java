package dev.tidepool.connections;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bytes that no request asked for must never become the response of the next caller
 * (FAULTS 10, 41, 42).
 */
class UnaskedBytesTests {

	private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

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
		String ok = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine";
		String timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
		return Stream.of(true, false)
			.flatMap((later) -> Stream.of(new Vector("408 on an idle connection", HttpMethod.GET, ok, timeout, later),
					new Vector("an extra response", HttpMethod.GET, ok, POISON, later),
					new Vector("an extra response of 20 kB", HttpMethod.GET, ok,
							"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20000), later),
					new Vector("one byte", HttpMethod.GET, ok, "\n", later),
					new Vector("a body after 204", HttpMethod.GET, "HTTP/1.1 204 No Content\r\n\r\n", POISON, later),
					new Vector("a body after 304", HttpMethod.GET,
							"HTTP/1.1 304 Not Modified\r\nContent-Length: 49\r\n\r\n", POISON, later),
					new Vector("a body after HEAD", HttpMethod.HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 49\r\n\r\n",
							POISON, later),
					new Vector("an extra response after POST", HttpMethod.POST, ok, POISON, later)));
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void unaskedBytesAreNeverDeliveredOnPlainConnections(Vector vector) throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		CountDownLatch read = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> answer(exchange, vector, read, sent))) {
			neverDelivered(server, vector, read, sent);
		}
	}

	@ParameterizedTest
	@MethodSource("vectors")
	void unaskedBytesAreNeverDeliveredOnTls(Vector vector) throws Exception {
		CountDownLatch sent = new CountDownLatch(1);
		CountDownLatch read = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> answer(exchange, vector, read, sent))) {
			neverDelivered(server, vector, read, sent);
		}
	}

	private static void neverDelivered(ScriptedServer server, Vector vector, CountDownLatch read, CountDownLatch sent) {
		TestRunners.application()
			.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own")
			.run((context) -> {
				RestClient client = context.getBean(RestClient.class);
				client.method(vector.method()).uri(server.url()).retrieve().toBodilessEntity();
				read.countDown();
				assertThat(sent.await(5, TimeUnit.SECONDS)).isTrue();
				for (HttpMethod method : new HttpMethod[] { HttpMethod.GET, HttpMethod.POST }) {
					assertThat(client.method(method).uri(server.url() + "/next").retrieve().body(String.class))
						.isEqualTo("right");
				}
				assertThat(server.accepted()).isEqualTo(2);
				assertThat(server.requests()).isEqualTo(3);
				Awaitility.await()
					.until(() -> context.getBean(Upstreams.class)
						.stats()
						.iterator()
						.next()
						.closed(CloseReason.UNASKED_BYTES) == 1);
			});
	}

	@Test
	void idleConnectionWithUnaskedBytesLeavesThePoolBeforeAnybodyAsksForIt() throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		Vector vector = new Vector("", HttpMethod.GET, "HTTP/1.1 204 No Content\r\n\r\n", POISON, true);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> answer(exchange, vector, read, sent))) {
			TestRunners.application().run((context) -> {
				context.getBean(RestClient.class).get().uri(server.url()).retrieve().toBodilessEntity();
				read.countDown();
				Awaitility.await().until(() -> server.open() == 0);
			});
		}
	}

	/**
	 * Shows that the vectors are real: without Tidepool the next caller gets the poison.
	 */
	@Test
	void stockHttpClientDeliversThem() throws Exception {
		CountDownLatch read = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		Vector vector = new Vector("", HttpMethod.GET, "HTTP/1.1 204 No Content\r\n\r\n", POISON, false);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> answer(exchange, vector, read, sent));
				CloseableHttpClient stock = HttpClients.createDefault()) {
			RestClient client = RestClient.builder()
				.requestFactory(new HttpComponentsClientHttpRequestFactory(stock))
				.build();
			client.get().uri(server.url()).retrieve().toBodilessEntity();
			read.countDown();
			assertThat(client.get().uri(server.url() + "/next").retrieve().body(String.class)).isEqualTo("poison");
		}
	}

	private static void answer(Exchange exchange, Vector vector, CountDownLatch read, CountDownLatch sent)
			throws Exception {
		if (exchange.request().path().equals("/next")) {
			exchange.respond(200, "right");
		}
		else if (vector.later()) {
			exchange.raw(vector.response());
			read.await(5, TimeUnit.SECONDS);
			exchange.raw(vector.unasked());
			sent.countDown();
		}
		else {
			exchange.raw(vector.response() + vector.unasked());
			sent.countDown();
		}
	}

}
