package dev.tidepool.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link ResponseLimitsContract} through RestClient, which also decompresses: WebClient
 * does not ask for that.
 */
class ResponseLimitsRestClientIT extends ResponseLimitsContract {

	private static final String[] ONE_MEGABYTE = { "tidepool.response.max-decompressed-size=1MB" };

	private static final int MEGABYTE = 1024 * 1024;

	ResponseLimitsRestClientIT() {
		super(ContractSide.REST_CLIENT);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void decompressedBodyIsLimited(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> compressed(exchange,
				gzip(Integer.parseInt(exchange.request().header("X-Size"))), "gzip"));
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/"));
			ContractClient client = application.client();
			assertThat(client.exchange(request.header("X-Size", "" + MEGABYTE)).body()).hasSize(MEGABYTE);
			isRefused(application, request.header("X-Size", "" + (MEGABYTE + 1)).id("once"),
					"tidepool.response.max-decompressed-size");
			assertThat(server.requests("once")).isOne();
			isRefused(application, request.header("X-Size", "" + (200 * MEGABYTE)),
					"tidepool.response.max-decompressed-size");
			assertThat(client.exchange(request.header("X-Size", "5")).body()).hasSize(5);
		}, ONE_MEGABYTE);
	}

	@Test
	void bodyThatIsNotCompressedIsNotLimited() throws Exception {
		String body = "x".repeat(2 * MEGABYTE);
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/chunked")) {
				exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
			}
			else {
				exchange.respond(200, body);
			}
		});
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo(body);
			assertThat(application.client().get(server.uri("/chunked"))).isEqualTo(body);
		}, ONE_MEGABYTE);
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 10, 11, 100, 1010 })
	void brokenCompressionFailsTheReader(int length) throws Exception {
		byte[] broken = gzip(MEGABYTE);
		Arrays.fill(broken, Math.min(length, broken.length - 8), broken.length, (byte) 0x55);
		ScriptedServer server = serve((exchange) -> {
			if (exchange.attempt() == 1 && exchange.request().header("X-Id") != null) {
				compressed(exchange, broken, "gzip");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			isRefused(application, ContractRequest.get(server.uri("/")).id("once"), "");
			assertThat(server.requests("once")).isOne();
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
		});
	}

	@Test
	void truncatedCompressionFailsTheReader() throws Exception {
		byte[] whole = gzip(MEGABYTE);
		ScriptedServer server = serve(
				(exchange) -> compressed(exchange, Arrays.copyOf(whole, whole.length / 2), "gzip"));
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")), ""));
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "zorg", "gzip, zorg", "gzip, gzip, gzip, gzip, gzip, gzip" })
	void codingThatIsNotUnderstoodFailsTheCall(String coding) throws Exception {
		byte[] body = gzip(5);
		ScriptedServer server = serve((exchange) -> compressed(exchange, body, coding));
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")), ""));
		assertThat(server.requests()).isOne();
	}

	private static void compressed(Exchange exchange, byte[] body, String coding) throws IOException {
		ByteArrayOutputStream message = new ByteArrayOutputStream();
		message.write(
				"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n".formatted(coding, body.length)
					.getBytes(StandardCharsets.ISO_8859_1));
		message.write(body);
		exchange.raw(message.toByteArray());
	}

	private static byte[] gzip(int size) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		byte[] block = new byte[MEGABYTE];
		Arrays.fill(block, (byte) 'x');
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			for (int left = size; left > 0; left -= block.length) {
				gzip.write(block, 0, Math.min(left, block.length));
			}
		}
		return bytes.toByteArray();
	}

}
