package dev.tidepool.bounds;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.measured.Client;
import dev.tidepool.measured.MeasuredApplication;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

/**
 * What calls cost that only look at the status.
 */
final class BoundsUnread {

	/**
	 * For how long an endless body is sent to a client that would read it for ever.
	 */
	static final Duration ENDLESS = Duration.ofSeconds(10);

	static final int LARGE = 16 * 1024 * 1024;

	private static final int[] SIZES = { 1, 1024, 16 * 1024, 64 * 1024 };

	private static final int DRIP_MILLIS = 50;

	private BoundsUnread() {
	}

	/**
	 * Call for bodies of up to 64 KiB one after the other.
	 * @param calls how many
	 * @return connections opened
	 */
	static int connections(Client client, int calls, String... properties) throws Exception {
		try (ScriptedServer server = ScriptedServer.start(
				(exchange) -> exchange.respond(200, "x".repeat(Integer.parseInt(exchange.request().header("Size")))));
				MeasuredApplication application = MeasuredApplication.start(client, properties)) {
			RestClient caller = application.restClient();
			for (int i = 0; i < calls; i++) {
				status(caller, server, SIZES[i % SIZES.length]);
			}
			if (server.requests() != calls) {
				throw new IllegalStateException("The upstream saw %d requests".formatted(server.requests()));
			}
			return server.accepted();
		}
	}

	/**
	 * Call for a body that drips.
	 * @param duration for how long it does
	 * @return when the caller is back
	 */
	static Result drip(Client client, Duration duration) throws Exception {
		return run(client, (exchange, sent) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			for (long left = duration.toMillis() / DRIP_MILLIS; left > 0; left--) {
				exchange.stall(Duration.ofMillis(DRIP_MILLIS));
				exchange.raw("1\r\nx\r\n");
				sent.incrementAndGet();
			}
			exchange.raw("0\r\n\r\n");
		});
	}

	/**
	 * Call for a body of 16 MiB.
	 * @return when the caller is back
	 */
	static Result large(Client client) throws Exception {
		return run(client, (exchange, sent) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + LARGE + "\r\n\r\n");
			byte[] part = new byte[16 * 1024];
			Arrays.fill(part, (byte) 'x');
			while (sent.get() < LARGE) {
				exchange.raw(part);
				sent.addAndGet(part.length);
			}
		});
	}

	private static Result run(Client client, Answer answer) throws Exception {
		AtomicLong sent = new AtomicLong();
		CountDownLatch failed = new CountDownLatch(1);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().header("Size") != null) {
				exchange.respond(200, "fine");
				return;
			}
			try {
				answer.write(exchange, sent);
			}
			catch (IOException ex) {
				failed.countDown();
				throw ex;
			}
		}); MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			// Loads what a call needs
			status(caller, server, 0);
			long start = System.nanoTime();
			status(caller, server, -1);
			Duration back = Duration.ofNanos(System.nanoTime() - start);
			boolean givenUp = failed.await(10, TimeUnit.SECONDS);
			return new Result(back, givenUp, sent.get());
		}
	}

	private static void status(RestClient caller, ScriptedServer server, int size) {
		try {
			caller.get().uri(server.url()).headers((headers) -> {
				if (size >= 0) {
					headers.set("Size", String.valueOf(size));
				}
			}).exchange((request, response) -> response.getStatusCode().value());
		}
		catch (RestClientException ex) {
			throw new IllegalStateException("The status was there", ex);
		}
	}

	@FunctionalInterface
	private interface Answer {

		void write(Exchange exchange, AtomicLong sent) throws Exception;

	}

	/**
	 * What one call costs.
	 *
	 * @param back when the caller is back
	 * @param givenUp whether the upstream could not send all
	 * @param sent bytes of the body that it handed to its kernel
	 */
	record Result(Duration back, boolean givenUp, long sent) {
	}

}
