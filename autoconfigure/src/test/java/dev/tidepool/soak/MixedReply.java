package dev.tidepool.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import dev.tidepool.bounds.SoakBody;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * The ways in which an upstream answers one request.
 */
final class MixedReply {

	private static final int PIECES = 5;

	private static final Duration BETWEEN_PIECES = Duration.ofMillis(4);

	private static final Duration STALL = MixedSoak.RESPONSE_TIMEOUT.multipliedBy(5);

	private static final Duration BETWEEN_DROPS = Duration.ofMillis(600);

	private static final int DROPS = 30;

	private static final List<String> MALFORMED = List.of("HTTP/1.1 2x0 Fine\r\nContent-Length: 0\r\n\r\n",
			"\u0000\u0001 nothing of the kind\r\n\r\n", "HTTP/1.1 200 Fine\r\nContent-Length: -5\r\n\r\n",
			"HTTP/1.1 200 Fine\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nfour5",
			"HTTP/1.1 200 Fine\r\nContent-Length: +4\r\n\r\nfour",
			"HTTP/1.1 200 Fine\r\nTransfer-Encoding: gzip\r\n\r\nfour",
			"HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nfour\r\n0\r\n\r\n",
			"HTTP/1.1 200 Fine\r\n no name\r\nContent-Length: 0\r\n\r\n");

	private final Exchange exchange;

	private final MixedPlan plan;

	private final boolean troubled;

	private final String elsewhere;

	private final byte[] body;

	/**
	 * Prepare to answer.
	 * @param exchange the exchange
	 * @param plan of the call
	 * @param first whether its request has not arrived before
	 * @param elsewhere where a redirect leads to
	 */
	MixedReply(Exchange exchange, MixedPlan plan, boolean first, String elsewhere) {
		this.exchange = exchange;
		this.plan = plan;
		this.troubled = first || plan.always();
		this.elsewhere = elsewhere;
		this.body = SoakBody.of(plan.number(), plan.responseSize());
	}

	void whole() throws IOException {
		send(head("200 Fine", length()), this.body);
	}

	void chunked() throws IOException {
		int half = this.body.length / 2;
		send(head("200 Fine", "Transfer-Encoding: chunked"), chunk(0, half));
		send(chunk(half, this.body.length), bytes("0\r\n\r\n"));
	}

	void inPieces() throws Exception {
		send(head("200 Fine", length()));
		int piece = 1 + this.body.length / PIECES;
		for (int sent = 0; sent < this.body.length; sent += piece) {
			this.exchange.stall(BETWEEN_PIECES);
			send(part(sent, sent + piece));
		}
	}

	void noContent() throws IOException {
		send(head("204 Nothing"));
	}

	void connectionClose() throws IOException {
		send(head("200 Fine", length(), "Connection: close"), this.body);
		this.exchange.close();
	}

	void closesAfter() throws Exception {
		whole();
		this.exchange.stall(Duration.ofMillis(this.plan.number() % 10));
		this.exchange.close();
	}

	void busy() throws IOException {
		busy("Retry-After: 0");
	}

	void busyForLong() throws IOException {
		busy("Retry-After: 3600");
	}

	private void busy(String retryAfter) throws IOException {
		if (this.troubled) {
			send(head("503 Busy", retryAfter, length()), this.body);
		}
		else {
			whole();
		}
	}

	void redirectsToGet() throws IOException {
		send(head("302 Found", "Location: " + this.elsewhere, length()), this.body);
	}

	void redirectsWithBody() throws IOException {
		send(head("307 Elsewhere", "Location: " + this.elsewhere, length()), this.body);
	}

	void stallsBeforeHead() throws Exception {
		if (this.troubled) {
			this.exchange.stall(STALL);
		}
		whole();
	}

	void stallsInBody() throws Exception {
		int half = this.body.length / 2;
		send(head("200 Fine", length()), part(0, half));
		if (this.troubled) {
			this.exchange.stall(STALL);
		}
		send(part(half, this.body.length));
	}

	void dripsHead() throws Exception {
		send(bytes("HTTP/1.1 200 Fine\r\n"));
		for (int i = 0; this.troubled && i < DROPS; i++) {
			send(bytes("X-Drip-%d: drop\r\n".formatted(i)));
			this.exchange.stall(BETWEEN_DROPS);
		}
		send(bytes(number() + length() + "\r\n\r\n"), this.body);
	}

	void dripsBody() throws Exception {
		send(head("200 Fine", "Transfer-Encoding: chunked"));
		int piece = 1 + this.body.length / DROPS;
		for (int sent = 0; sent < this.body.length; sent += piece) {
			send(chunk(sent, sent + piece));
			if (this.troubled) {
				this.exchange.stall(BETWEEN_DROPS);
			}
		}
		send(bytes("0\r\n\r\n"));
	}

	void resets() throws IOException {
		if (this.troubled) {
			this.exchange.reset();
		}
		else {
			whole();
		}
	}

	void resetsInBody() throws IOException {
		send(head("200 Fine", length()), part(0, this.body.length / 2));
		this.exchange.reset();
	}

	void truncates() throws IOException {
		send(head("200 Fine", length()), part(0, this.body.length / 2));
		this.exchange.close();
	}

	// Within a chunk, or before the last one
	void truncatesChunks() throws IOException {
		byte[] chunk = chunk(0, this.body.length);
		send(head("200 Fine", "Transfer-Encoding: chunked"),
				this.plan.always() ? chunk : Arrays.copyOf(chunk, chunk.length / 2));
		this.exchange.close();
	}

	void closesSilently() throws IOException {
		if (this.troubled) {
			this.exchange.close();
		}
		else {
			whole();
		}
	}

	void malformed() throws IOException {
		send(bytes(MALFORMED.get(this.plan.number() % MALFORMED.size())));
	}

	private byte[] head(String status, String... headers) {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n").append(number());
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return bytes(head.append("\r\n").toString());
	}

	private String number() {
		return MixedServers.NUMBER + ": " + this.plan.number() + "\r\n";
	}

	private String length() {
		return "Content-Length: " + this.body.length;
	}

	private byte[] part(int from, int to) {
		return Arrays.copyOfRange(this.body, from, Math.min(to, this.body.length));
	}

	private byte[] chunk(int from, int to) {
		byte[] part = part(from, to);
		return joined(bytes(Integer.toHexString(part.length) + "\r\n"), part, bytes("\r\n"));
	}

	private void send(byte[]... parts) throws IOException {
		this.exchange.raw((parts.length == 1) ? parts[0] : joined(parts));
	}

	private static byte[] joined(byte[]... parts) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			joined.writeBytes(part);
		}
		return joined.toByteArray();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
