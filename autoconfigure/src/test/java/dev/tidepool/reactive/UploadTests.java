package dev.tidepool.reactive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Request bodies that are published piece by piece.
 */
class UploadTests extends Reactive {

	private static final int PIECE = 1 << 16;

	private static final long BUFFERED = 8 << 20;

	private final CountDownLatch cancelled = new CountDownLatch(1);

	private static Mono<String> post(ReactiveApplication application, URI uri, Flux<byte[]> body) {
		return request(application, uri).body(body, byte[].class).retrieve().bodyToMono(String.class);
	}

	private static WebClient.RequestBodySpec request(ReactiveApplication application, URI uri) {
		return application.client().post().uri(uri);
	}

	/**
	 * A server that reads nothing by itself.
	 */
	private ServerSocket listen() throws IOException {
		return known(new ServerSocket(0, 10, InetAddress.getByName("localhost")));
	}

	private static URI uri(ServerSocket server) {
		return uri(server.getLocalPort(), "/");
	}

	// Until the end, or a reset
	private static String readAll(InputStream in) {
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		try {
			in.transferTo(read);
		}
		catch (IOException ex) {
			// Reset
		}
		return read.toString(StandardCharsets.ISO_8859_1);
	}

	@Test
	void publisherIsAskedForAFewPiecesAhead() throws Exception {
		ServerSocket server = listen();
		run((application) -> {
			AtomicLong published = new AtomicLong();
			Flux<byte[]> endless = Flux.<byte[]>generate((sink) -> sink.next(new byte[PIECE]))
				.doOnNext((piece) -> published.addAndGet(PIECE))
				.doOnCancel(this.cancelled::countDown);
			CompletableFuture<String> call = post(application, uri(server), endless).toFuture();
			try (Socket socket = server.accept()) {
				AtomicLong before = new AtomicLong();
				eventually().pollInterval(Duration.ofMillis(200))
					.until(() -> published.get() > 0 && before.getAndSet(published.get()) == published.get());
				assertThat(published).hasValueLessThan(BUFFERED);
				long stalled = published.get();
				socket.getInputStream().readNBytes((int) BUFFERED);
				eventually().until(() -> published.get() > stalled);
				assertThat(published).hasValueLessThan(3 * BUFFERED);
				call.cancel(true);
				this.cancelled.await();
			}
		});
	}

	@ParameterizedTest
	@FaultCase(value = 48, through = Client.WEB_CLIENT)
	@ValueSource(booleans = { true, false })
	void publisherThatFailsNeverCompletesTheRequest(boolean chunked) throws Exception {
		ServerSocket server = listen();
		IllegalStateException failure = new IllegalStateException("No more");
		run((application) -> {
			Flux<byte[]> body = Flux.just("one", "two")
				.map((text) -> text.getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.error(failure));
			WebClient.RequestBodySpec request = request(application, uri(server));
			if (!chunked) {
				request.header(HttpHeaders.CONTENT_LENGTH, "1000");
			}
			CompletableFuture<String> call = request.body(body, byte[].class)
				.retrieve()
				.bodyToMono(String.class)
				.toFuture();
			try (Socket socket = server.accept()) {
				String received = readAll(socket.getInputStream());
				assertThat(received).doesNotContain("0\r\n\r\n").doesNotContain("onetwo0");
				assertThat(call).failsWithin(WIDE)
					.withThrowableThat()
					.havingCause()
					.isInstanceOf(WebClientRequestException.class)
					.havingRootCause()
					.isSameAs(failure);
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void largeBodyArrivesRight(boolean tls) throws Exception {
		byte[] body = new byte[16 << 20];
		new Random(6).nextBytes(body);
		CRC32 expected = new CRC32();
		expected.update(body);
		ScriptedServer server = serve(tls, (exchange) -> {
			CRC32 actual = new CRC32();
			actual.update(exchange.request().body());
			exchange.respond(200, actual.getValue() + " of " + exchange.request().header(HttpHeaders.CONTENT_LENGTH));
		}).withoutLog();
		run((application) -> {
			int size = 10_007;
			Flux<byte[]> pieces = Flux.range(0, (body.length + size - 1) / size)
				.map((index) -> Arrays.copyOfRange(body, index * size, Math.min(body.length, (index + 1) * size)));
			assertThat(post(application, server.uri("/"), pieces).block(WIDE))
				.isEqualTo(expected.getValue() + " of null");
			// With its length told
			assertThat(request(application, server.uri("/")).header(HttpHeaders.CONTENT_LENGTH, "" + body.length)
				.body(pieces, byte[].class)
				.retrieve()
				.bodyToMono(String.class)
				.block(WIDE)).isEqualTo(expected.getValue() + " of " + body.length);
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void publisherIsCancelledWhenTheCallFails() throws Exception {
		ServerSocket server = listen();
		run((application) -> {
			Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.never())
				.doOnCancel(this.cancelled::countDown);
			CompletableFuture<String> call = post(application, uri(server), body).toFuture();
			try (Socket socket = server.accept()) {
				socket.getInputStream().read();
				socket.setSoLinger(true, 0);
			}
			this.cancelled.await();
			assertThat(call).failsWithin(WIDE);
		});
	}

	@Test
	void publisherIsCancelledWhenTheUpstreamAnswersFirst() throws Exception {
		ServerSocket server = listen();
		run((application) -> {
			Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.never())
				.doOnCancel(this.cancelled::countDown);
			CompletableFuture<Integer> call = request(application, uri(server)).body(body, byte[].class)
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.statusCode().value()))
				.toFuture();
			try (Socket socket = server.accept()) {
				socket.getInputStream().read();
				socket.getOutputStream()
					.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				assertThat(call).succeedsWithin(WIDE).isEqualTo(413);
				this.cancelled.await();
				assertThat(readAll(socket.getInputStream())).doesNotContain("0\r\n\r\n");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" })
	void answerThatIsCompleteEndsTheUpload(String answer) throws Exception {
		ServerSocket server = listen();
		run((application) -> {
			Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.never())
				.doOnCancel(this.cancelled::countDown);
			CompletableFuture<String> call = post(application, uri(server), body).toFuture();
			try (Socket socket = server.accept()) {
				socket.getInputStream().read();
				socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
				assertThat(call).succeedsWithin(WIDE);
				this.cancelled.await();
				assertThat(readAll(socket.getInputStream())).doesNotContain("0\r\n\r\n");
			}
		});
	}

	// Repeated, as the cancel comes just before the end of the body or after it
	@RepeatedTest(5)
	void cancelEndsTheUploadThatGoesOnAfterTheAnswer() throws Exception {
		ServerSocket server = listen();
		run((application) -> {
			Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8))
				.concatWith(Flux.never())
				.doOnCancel(this.cancelled::countDown);
			CountDownLatch answered = new CountDownLatch(1);
			Disposable call = request(application, uri(server)).body(body, byte[].class)
				.retrieve()
				.bodyToFlux(DataBuffer.class)
				.subscribe((bytes) -> answered.countDown());
			try (Socket socket = server.accept()) {
				socket.getInputStream().read();
				socket.getOutputStream()
					.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
				answered.await();
				call.dispose();
				this.cancelled.await();
				readAll(socket.getInputStream());
			}
		});
	}

	@Test
	void headersOfAnotherMessageCanBePassedOn() throws Exception {
		ScriptedServer server = serve(
				(exchange) -> exchange.respond(200, new String(exchange.request().body(), StandardCharsets.UTF_8)));
		run((application) -> {
			Flux<byte[]> body = Flux.just("one", "two").map((text) -> text.getBytes(StandardCharsets.UTF_8));
			assertThat(request(application, server.uri("/")).header(HttpHeaders.TRANSFER_ENCODING, "chunked")
				.body(body, byte[].class)
				.retrieve()
				.bodyToMono(String.class)
				.block(WIDE)).isEqualTo("onetwo");
			assertThat(request(application, server.uri("/")).header(HttpHeaders.CONTENT_LENGTH, "6")
				.body(body, byte[].class)
				.retrieve()
				.bodyToMono(String.class)
				.block(WIDE)).isEqualTo("onetwo");
		});
		assertThat(server.log()).extracting((request) -> request.header("content-length")).containsExactly(null, "6");
	}

	@Test
	void emptyPublisherSendsAnEmptyBody() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "" + exchange.request().body().length));
		run((application) -> assertThat(post(application, server.uri("/"), Flux.empty()).block(WIDE)).isEqualTo("0"));
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 5 })
	void bodyOfAnotherLengthThanToldFailsTheCall(int length) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> assertThatExceptionOfType(WebClientRequestException.class)
			.isThrownBy(() -> request(application, server.uri("/")).header(HttpHeaders.CONTENT_LENGTH, "" + length)
				.body(Flux.just("one".getBytes(StandardCharsets.UTF_8)), byte[].class)
				.retrieve()
				.bodyToMono(String.class)
				.block(WIDE)), "tidepool.timeout.response=1s");
	}

}
