package dev.tidepool.bounds;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * The answer to one call of a soak, which bears its number in a header and in each byte
 * of its body. Has the ways to answer that all soaks have.
 */
public abstract class NumberedReply {

	/**
	 * The header with the number of a call, in request and response.
	 */
	public static final String NUMBER = "X-Call";

	private final Exchange exchange;

	private final int number;

	private final boolean troubled;

	private final boolean always;

	private final byte[] body;

	/**
	 * Prepare to answer.
	 * @param exchange the exchange
	 * @param number the number of the call
	 * @param size of the body
	 * @param first whether its request has not arrived before
	 * @param always whether what is wrong is so each time, not only the first
	 */
	protected NumberedReply(Exchange exchange, int number, int size, boolean first, boolean always) {
		this.exchange = exchange;
		this.number = number;
		this.troubled = first || always;
		this.always = always;
		this.body = SoakBody.of(number, size);
	}

	public final void whole() throws IOException {
		send(head("200 Fine", length()), this.body);
	}

	public final void chunked() throws IOException {
		int half = this.body.length / 2;
		send(head("200 Fine", "Transfer-Encoding: chunked"), chunk(0, half));
		send(chunk(half, this.body.length), bytes("0\r\n\r\n"));
	}

	public final void noContent() throws IOException {
		send(head("204 Nothing"));
	}

	public final void connectionClose() throws IOException {
		send(head("200 Fine", length(), "Connection: close"), this.body);
		this.exchange.close();
	}

	public final void busy() throws IOException {
		busy("Retry-After: 0");
	}

	public final void busyForLong() throws IOException {
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

	public final void redirectsToGet() throws IOException {
		send(head("302 Found", "Location: " + elsewhere(), length()), this.body);
	}

	public final void redirectsWithBody() throws IOException {
		send(head("307 Elsewhere", "Location: " + elsewhere(), length()), this.body);
	}

	/**
	 * Where a redirect leads to.
	 */
	protected abstract String elsewhere();

	public final void resets() throws IOException {
		if (this.troubled) {
			this.exchange.reset();
		}
		else {
			whole();
		}
	}

	public final void resetsInBody() throws IOException {
		send(head("200 Fine", length()), part(0, this.body.length / 2));
		this.exchange.reset();
	}

	public final void truncates() throws IOException {
		send(head("200 Fine", length()), part(0, this.body.length / 2));
		this.exchange.close();
	}

	// Within a chunk, or before the last one
	public final void truncatesChunks() throws IOException {
		byte[] chunk = chunk(0, this.body.length);
		send(head("200 Fine", "Transfer-Encoding: chunked"),
				this.always ? chunk : Arrays.copyOf(chunk, chunk.length / 2));
		this.exchange.close();
	}

	public final void closesSilently() throws IOException {
		if (this.troubled) {
			this.exchange.close();
		}
		else {
			whole();
		}
	}

	protected final boolean isTroubled() {
		return this.troubled;
	}

	protected final byte[] body() {
		return this.body;
	}

	protected final byte[] head(String status, String... headers) {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n").append(number());
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return bytes(head.append("\r\n").toString());
	}

	protected final String number() {
		return NUMBER + ": " + this.number + "\r\n";
	}

	protected final String length() {
		return "Content-Length: " + this.body.length;
	}

	protected final byte[] part(int from, int to) {
		return Arrays.copyOfRange(this.body, from, Math.min(to, this.body.length));
	}

	protected final byte[] chunk(int from, int to) {
		byte[] part = part(from, to);
		return joined(bytes(Integer.toHexString(part.length) + "\r\n"), part, bytes("\r\n"));
	}

	protected final void send(byte[]... parts) throws IOException {
		this.exchange.raw((parts.length == 1) ? parts[0] : joined(parts));
	}

	private static byte[] joined(byte[]... parts) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			joined.writeBytes(part);
		}
		return joined.toByteArray();
	}

	protected static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

}
