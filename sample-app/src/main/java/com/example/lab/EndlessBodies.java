package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;

import org.springframework.web.client.RestClient;

/**
 * Closes a response that has no end.
 */
final class EndlessBodies implements Experiment {

	private static final int CALLERS = 3;

	private static final String SLOW = Calls.slow(CALLERS, "call");

	private static final Duration PAUSE = Duration.ofMillis(100);

	private final Duration length;

	/**
	 * Create the experiment.
	 * @param length when the upstream ends the response nevertheless, so that the lab
	 * ends
	 */
	EndlessBodies(Duration length) {
		this.length = length;
	}

	@Override
	public Description description() {
		return new Description("endless-bodies", "Endless bodies",
				"%d callers each take the first byte of a stream of events, one every %d ms, and close the response."
					.formatted(CALLERS, PAUSE.toMillis()),
				SLOW,
				"Closing reads on to the end, which does not come (here: only after %d ms, so that the lab ends), and a "
					.formatted(this.length.toMillis())
						+ "read time-out of 1 s on both sides does not help, as each event is in time. Tidepool reads on "
						+ "for tidepool.response.drain-max-time (50 ms), then closes the connection.");
	}

	@Override
	public Map<String, String> properties(Side side) {
		return Map.of("spring.http.clients.read-timeout", "1s");
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (LabUpstream upstream = new LabUpstream(this::stream); Clients clients = side.start(properties(side))) {
			RestClient client = clients.create(upstream.url());
			Calls calls = new Calls();
			calls.make(CALLERS, 1,
					() -> client.get().exchangeForRequiredValue((request, response) -> response.getBody().read()));
			return Outcome.of(calls)
				.with(SLOW, calls.slowMillis(), "ms")
				.with("connections opened", upstream.accepted())
				.with("sent", upstream.bytesSent(), "bytes");
		}
	}

	private boolean stream(Request request, OutputStream out) throws IOException, InterruptedException {
		Responses.endlessHead(out);
		long end = System.nanoTime() + this.length.toNanos();
		while (System.nanoTime() - end < 0) {
			Responses.chunk(out, "data: tick\n\n");
			Thread.sleep(PAUSE.toMillis());
		}
		return Responses.lastChunk(out);
	}

}
