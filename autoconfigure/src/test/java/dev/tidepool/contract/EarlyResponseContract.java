package dev.tidepool.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A final response that comes while the request is still being written is the outcome of
 * the call: the rest is not written, nothing is sent again, and the connection carries no
 * other request (FAULTS 46, 47; RFC 9110, 10.1.1).
 */
abstract class EarlyResponseContract extends Contract {

	private static final String PART = "x".repeat(32 * 1024);

	// More than all buffers between client and server hold
	private static final String LARGE = "x".repeat(32 * 1024 * 1024);

	EarlyResponseContract(ContractSide side) {
		super(side);
	}

	/**
	 * How a request says where its body ends.
	 */
	enum Framing {

		LENGTH {

			@Override
			ContractRequest large(ContractRequest request) {
				return request.body(LARGE);
			}

		},

		CHUNKED {

			@Override
			ContractRequest large(ContractRequest request) {
				return request.parts(Collections.nCopies(32 * 1024 * 1024 / PART.length(), PART));
			}

		};

		abstract ContractRequest large(ContractRequest request);

	}

	/**
	 * An upstream that answers first.
	 *
	 * @param framing how the request ends
	 * @param status what it says
	 * @param tls whether over TLS
	 */
	record Answer(Framing framing, int status, boolean tls) {

	}

	static Stream<Answer> answers() {
		return Stream.of(Framing.values())
			.flatMap((framing) -> Stream.of(413, 200)
				.flatMap((status) -> Stream.of(false, true).map((tls) -> new Answer(framing, status, tls))));
	}

	@ParameterizedTest
	@MethodSource("answers")
	@FaultCase(value = { 46, 47 }, over = { Transport.PLAIN, Transport.TLS })
	void answerIsDeliveredThoughTheBodyIsNotRead(Answer answer) throws Exception {
		ScriptedServer server = serve(answer.tls(), (exchange) -> {
			exchange.respond(answer.status(), "enough");
			if (exchange.request().method().equals("PUT")) {
				exchange.stall(WIDE);
			}
		}).withoutReadingBodies();
		run((application) -> {
			ContractResponse response = application.client()
				.exchange(answer.framing().large(ContractRequest.put(server.uri("/"))));
			assertThat(response.status()).isEqualTo(answer.status());
			assertThat(response.body()).isEqualTo("enough");
			application.isAtRest();
			eventually().until(() -> application.stats(server).connections().isEmpty());
			assertThat(application.client().get(server.uri("/"))).isEqualTo("enough");
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("answers")
	@FaultCase(value = { 46, 47 }, over = { Transport.PLAIN, Transport.TLS })
	void answerIsDeliveredThoughAResetFollows(Answer answer) throws Exception {
		ScriptedServer server = serve(answer.tls(), (exchange) -> {
			exchange.input().readNBytes(100_000);
			exchange.respond(answer.status(), "enough");
			exchange.reset();
		}).withoutReadingBodies();
		run((application) -> {
			ContractResponse response = application.client()
				.exchange(answer.framing().large(ContractRequest.put(server.uri("/"))));
			assertThat(response.status()).isEqualTo(answer.status());
			assertThat(response.body()).isEqualTo("enough");
		});
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void bodyThatIsCutShortNeverLooksComplete(Framing framing) throws Exception {
		CompletableFuture<Received> seen = new CompletableFuture<>();
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 413 Too Large\r\nContent-Length: 6\r\n\r\neno");
			Received received = new Received();
			received.readUntilSilent(exchange);
			exchange.raw("ugh");
			received.readToEnd(exchange);
			seen.complete(received);
		}).withoutReadingBodies();
		run((application) -> {
			ContractRequest request = ContractRequest.post(server.uri("/"));
			ContractResponse response = application.client()
				.exchange((framing == Framing.LENGTH) ? request.body(LARGE + LARGE)
						: request.parts(Collections.nCopies(1_000_000, PART)));
			assertThat(response.status()).isEqualTo(413);
			assertThat(response.body()).isEqualTo("enough");
		});
		Received received = seen.get(WIDE.toSeconds(), TimeUnit.SECONDS);
		assertThat(received.size).isLessThan(2L * LARGE.length());
		assertThat(received.tail()).doesNotEndWith("0\r\n\r\n");
		assertThat(server.requests()).isOne();
	}

	@Test
	void interimResponseDoesNotEndTheUpload() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
			// Long enough to be noticed by who writes
			exchange.stall(Duration.ofMillis(200));
			exchange.input().readNBytes(LARGE.length());
			exchange.respond(200, "whole");
		}).withoutReadingBodies();
		run((application) -> {
			for (int i = 0; i < 2; i++) {
				assertThat(application.client().exchange(ContractRequest.put(server.uri("/")).body(LARGE)).body())
					.isEqualTo("whole");
			}
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isOne();
	}

	/**
	 * What the server has read of a body.
	 */
	private static final class Received {

		private final byte[] buffer = new byte[64 * 1024];

		private byte[] tail = new byte[0];

		private long size;

		// Slowly: the writer needs a moment to notice the response
		void readUntilSilent(Exchange exchange) throws Exception {
			InputStream in = exchange.input();
			exchange.timeout(200);
			try {
				while (read(in)) {
					exchange.stall(Duration.ofMillis(1));
				}
			}
			catch (SocketTimeoutException ex) {
				// Silent
			}
			exchange.timeout(0);
		}

		void readToEnd(Exchange exchange) {
			try {
				while (read(exchange.input())) {
					// More may come
				}
			}
			catch (IOException ex) {
				// Reset
			}
		}

		private boolean read(InputStream in) throws IOException {
			int count = in.read(this.buffer);
			if (count < 0) {
				return false;
			}
			this.size += count;
			ByteArrayOutputStream joined = new ByteArrayOutputStream();
			joined.write(this.tail);
			joined.write(this.buffer, Math.max(0, count - 16), Math.min(count, 16));
			byte[] all = joined.toByteArray();
			this.tail = Arrays.copyOfRange(all, Math.max(0, all.length - 16), all.length);
			return true;
		}

		String tail() {
			return new String(this.tail, StandardCharsets.ISO_8859_1);
		}

	}

}
