package dev.tidepool.bounds;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;

import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * One answer of the upstream of a soak, on its way out.
 */
final class SoakReply extends NumberedReply {

	static final String REDIRECTED = "/redirected";

	private static final int DRIPS = 8;

	private final Exchange exchange;

	private final SoakPlan plan;

	private final URI elsewhere;

	/**
	 * Create a reply.
	 * @param exchange the exchange
	 * @param plan the plan of the call
	 * @param first whether the request arrived for the first time
	 * @param elsewhere where to redirect to
	 */
	SoakReply(Exchange exchange, SoakPlan plan, boolean first, URI elsewhere) {
		super(exchange, plan.number(), plan.responseSize(), first, plan.always());
		this.exchange = exchange;
		this.plan = plan;
		this.elsewhere = elsewhere;
	}

	@Override
	protected String elsewhere() {
		return this.elsewhere.resolve(REDIRECTED).toString();
	}

	void inPieces() throws IOException {
		send(head("200 Fine", length()));
		int piece = Math.max(1, body().length / 3);
		for (int sent = 0; sent < body().length; sent += piece) {
			send(part(sent, sent + piece));
		}
	}

	void toTheEnd() throws IOException {
		send(head("200 Fine", "Connection: close"), body());
		this.exchange.close();
	}

	void stallsBeforeHead() throws Exception {
		this.exchange.stall(this.plan.stall());
		whole();
	}

	void stallsInHead() throws Exception {
		byte[] head = head("200 Fine", length());
		send(Arrays.copyOf(head, head.length / 2));
		this.exchange.stall(this.plan.stall());
		send(Arrays.copyOfRange(head, head.length / 2, head.length), body());
	}

	void stallsInBody() throws Exception {
		int half = body().length / 2;
		send(head("200 Fine", length()), part(0, half));
		this.exchange.stall(this.plan.stall());
		send(part(half, body().length));
	}

	void dripsHead() throws Exception {
		send(bytes("HTTP/1.1 200 Fine\r\n"));
		for (int i = 0; i < DRIPS; i++) {
			send(bytes("X-Drip-%d: drop\r\n".formatted(i)));
			drip();
		}
		send(bytes(number() + length() + "\r\n\r\n"), body());
	}

	void dripsBody() throws Exception {
		send(head("200 Fine", "Transfer-Encoding: chunked"));
		int piece = 1 + body().length / DRIPS;
		for (int sent = 0; sent < body().length; sent += piece) {
			send(chunk(sent, sent + piece));
			drip();
		}
		send(bytes("0\r\n\r\n"));
	}

	private void drip() throws InterruptedException {
		this.exchange.stall(this.plan.stall().dividedBy(DRIPS));
	}

	void races() throws Exception {
		whole();
		// Some at once, some while the connection is in use again
		this.exchange.stall(this.plan.always() ? Duration.ZERO : this.plan.stall().dividedBy(100));
		this.exchange.close();
	}

	void saysMore() throws IOException {
		send(head("200 Fine", length()), body(),
				bytes("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
	}

}
