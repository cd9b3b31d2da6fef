package dev.tidepool.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.tidepool.bounds.NumberedReply;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * The ways in which an upstream answers one request.
 */
final class MixedReply extends NumberedReply {

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

	private final String elsewhere;

	/**
	 * Prepare to answer.
	 * @param exchange the exchange
	 * @param plan of the call
	 * @param first whether its request has not arrived before
	 * @param elsewhere where a redirect leads to
	 */
	MixedReply(Exchange exchange, MixedPlan plan, boolean first, String elsewhere) {
		super(exchange, plan.number(), plan.responseSize(), first, plan.always());
		this.exchange = exchange;
		this.plan = plan;
		this.elsewhere = elsewhere;
	}

	@Override
	protected String elsewhere() {
		return this.elsewhere;
	}

	void inPieces() throws Exception {
		send(head("200 Fine", length()));
		int piece = 1 + body().length / PIECES;
		for (int sent = 0; sent < body().length; sent += piece) {
			this.exchange.stall(BETWEEN_PIECES);
			send(part(sent, sent + piece));
		}
	}

	void closesAfter() throws Exception {
		whole();
		this.exchange.stall(Duration.ofMillis(this.plan.number() % 10));
		this.exchange.close();
	}

	void stallsBeforeHead() throws Exception {
		if (isTroubled()) {
			this.exchange.stall(STALL);
		}
		whole();
	}

	void stallsInBody() throws Exception {
		int half = body().length / 2;
		send(head("200 Fine", length()), part(0, half));
		if (isTroubled()) {
			this.exchange.stall(STALL);
		}
		send(part(half, body().length));
	}

	void dripsHead() throws Exception {
		send(bytes("HTTP/1.1 200 Fine\r\n"));
		for (int i = 0; isTroubled() && i < DROPS; i++) {
			send(bytes("X-Drip-%d: drop\r\n".formatted(i)));
			this.exchange.stall(BETWEEN_DROPS);
		}
		send(bytes(number() + length() + "\r\n\r\n"), body());
	}

	void dripsBody() throws Exception {
		send(head("200 Fine", "Transfer-Encoding: chunked"));
		int piece = 1 + body().length / DROPS;
		for (int sent = 0; sent < body().length; sent += piece) {
			send(chunk(sent, sent + piece));
			if (isTroubled()) {
				this.exchange.stall(BETWEEN_DROPS);
			}
		}
		send(bytes("0\r\n\r\n"));
	}

	void malformed() throws IOException {
		send(bytes(MALFORMED.get(this.plan.number() % MALFORMED.size())));
	}

}
