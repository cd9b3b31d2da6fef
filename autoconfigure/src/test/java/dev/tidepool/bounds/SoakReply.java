package dev.tidepool.bounds;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * One answer of the upstream of a soak, on its way out.
 */
final class SoakReply {

	static final String REDIRECTED = "/redirected";

	private static final int DRIPS = 8;

	private final Exchange exchange;

	private final SoakPlan plan;

	private final boolean first;

	private final URI elsewhere;

	private final byte[] body;

	/**
	 * Create a reply.
	 * @param exchange the exchange
	 * @param plan the plan of the call
	 * @param first whether the request arrived for the first time
	 * @param elsewhere where to redirect to
	 */
	SoakReply(Exchange exchange, SoakPlan plan, boolean first, URI elsewhere) {
		this.exchange = exchange;
		this.plan = plan;
		this.first = first;
		this.elsewhere = elsewhere;
		this.body = SoakBody.of(plan.number(), plan.responseSize());
	}

	void whole() throws IOException {
		send(head("200 OK", length()), this.body);
	}

	void inPieces() throws IOException {
		send(head("200 OK", length()));
		int piece = Math.max(1, this.body.length / 3);
		for (int sent = 0; sent < this.body.length; sent += piece) {
			send(part(sent, sent + piece));
		}
	}

	void chunked() throws IOException {
		int half = this.body.length / 2;
		send(head("200 OK", "Transfer-Encoding: chunked"), chunk(0, half));
		send(chunk(half, this.body.length), bytes("0\r\n\r\n"));
	}

	void noContent() throws IOException {
		send(head("204 No Content"));
	}

	void toTheEnd() throws IOException {
		send(head("200 OK", "Connection: close"), this.body);
		this.exchange.close();
	}

	void connectionClose() throws IOException {
		send(head("200 OK", length(), "Connection: close"), this.body);
		this.exchange.close();
	}

	void stallsBeforeHead() throws Exception {
		this.exchange.stall(this.plan.stall());
		whole();
	}

	void stallsInHead() throws Exception {
		byte[] head = head("200 OK", length());
		send(Arrays.copyOf(head, head.length / 2));
		this.exchange.stall(this.plan.stall());
		send(Arrays.copyOfRange(head, head.length / 2, head.length), this.body);
	}

	void stallsInBody() throws Exception {
		int half = this.body.length / 2;
		send(head("200 OK", length()), part(0, half));
		this.exchange.stall(this.plan.stall());
		send(part(half, this.body.length));
	}

	void dripsHead() throws Exception {
		send(bytes("HTTP/1.1 200 OK\r\n"));
		for (int i = 0; i < DRIPS; i++) {
			send(bytes("X-Drip-%d: drop\r\n".formatted(i)));
			drip();
		}
		send(bytes(number() + length() + "\r\n\r\n"), this.body);
	}

	void dripsBody() throws Exception {
		send(head("200 OK", "Transfer-Encoding: chunked"));
		int piece = 1 + this.body.length / DRIPS;
		for (int sent = 0; sent < this.body.length; sent += piece) {
			send(chunk(sent, Math.min(sent + piece, this.body.length)));
			drip();
		}
		send(bytes("0\r\n\r\n"));
	}

	private void drip() throws InterruptedException {
		this.exchange.stall(this.plan.stall().dividedBy(DRIPS));
	}

	void resets() throws IOException {
		if (isTroubled()) {
			this.exchange.reset();
		}
		else {
			whole();
		}
	}

	void resetsInBody() throws IOException {
		send(head("200 OK", length()), part(0, this.body.length / 2));
		this.exchange.reset();
	}

	void truncates() throws IOException {
		send(head("200 OK", length()), part(0, this.body.length / 2));
		this.exchange.close();
	}

	void truncatesChunks() throws IOException {
		byte[] chunk = chunk(0, this.body.length);
		send(head("200 OK", "Transfer-Encoding: chunked"),
				this.plan.always() ? chunk : Arrays.copyOf(chunk, chunk.length / 2));
		this.exchange.close();
	}

	void closesSilently() throws IOException {
		if (isTroubled()) {
			this.exchange.close();
		}
		else {
			whole();
		}
	}

	void races() throws Exception {
		whole();
		// Some at once, some while the connection is in use again
		this.exchange.stall(this.plan.always() ? Duration.ZERO : this.plan.stall().dividedBy(100));
		this.exchange.close();
	}

	void saysMore() throws IOException {
		send(head("200 OK", length()), this.body,
				bytes("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
	}

	void busy() throws IOException {
		if (isTroubled()) {
			send(head("503 Busy", "Retry-After: 0", length()), this.body);
		}
		else {
			whole();
		}
	}

	void busyForLong() throws IOException {
		if (isTroubled()) {
			send(head("503 Busy", "Retry-After: 3600", length()), this.body);
		}
		else {
			whole();
		}
	}

	void redirectsToGet() throws IOException {
		redirect("302 Found");
	}

	void redirectsWithBody() throws IOException {
		redirect("307 Temporary Redirect");
	}

	private void redirect(String status) throws IOException {
		send(head(status, "Location: " + this.elsewhere.resolve(REDIRECTED), length()), this.body);
	}

	private boolean isTroubled() {
		return this.first || this.plan.always();
	}

	private byte[] head(String status, String... headers) {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\n").append(number());
		for (String header : headers) {
			head.append(header).append("\r\n");
		}
		return bytes(head.append("\r\n").toString());
	}

	private String number() {
		return SoakServers.NUMBER + ": " + this.plan.number() + "\r\n";
	}

	private String length() {
		return "Content-Length: " + this.body.length;
	}

	private byte[] part(int from, int to) {
		return Arrays.copyOfRange(this.body, from, Math.min(to, this.body.length));
	}

	private byte[] chunk(int from, int to) {
		return joined(bytes(Integer.toHexString(to - from) + "\r\n"), part(from, to), bytes("\r\n"));
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
