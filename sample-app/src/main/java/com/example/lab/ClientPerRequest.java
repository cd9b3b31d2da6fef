package com.example.lab;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Makes a client for each call, as code does that builds one in a method.
 */
final class ClientPerRequest implements Experiment {

	private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(2);

	private final Upstreams upstreams;

	private final int calls;

	/**
	 * Create the experiment.
	 * @param upstreams starts its upstreams
	 * @param calls how many calls are made, one after the other
	 */
	ClientPerRequest(Upstreams upstreams, int calls) {
		this.upstreams = upstreams;
		this.calls = calls;
	}

	@Override
	public Description description() {
		return new Description("client-per-request", "A client per request",
				"%d calls, one after the other, each with a RestClient that was built for it and not closed."
					.formatted(this.calls),
				"connections left open",
				"Boot builds a pool for every client, which keeps its connection, its descriptor and its port until "
						+ "it is closed; then the port waits for a minute. Tidepool's clients are light ones over one "
						+ "shared pool, however many are built.");
	}

	@Override
	public String upstream() {
		return this.upstreams.name();
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (Upstream upstream = this.upstreams.start(Behaviour.text())) {
			long waitingBefore = TimeWait.callersOf(upstream.port()).orElse(0);
			Calls calls = new Calls();
			int open;
			try (Clients clients = side.start(properties(side))) {
				for (int i = 0; i < this.calls; i++) {
					calls.make(() -> clients.create(upstream.url()).get().retrieve().toBodilessEntity());
				}
				open = upstream.open();
			}
			Outcome outcome = Outcome.of(calls)
				.with("connections opened", upstream.accepted())
				.with("connections left open", open)
				.with(Calls.slow(this.calls, "call"), calls.slowMillis(), "ms");
			Await.until(() -> upstream.open() == 0, TIME_TO_CLOSE);
			OptionalLong waiting = TimeWait.callersOf(upstream.port());
			return waiting.isPresent()
					? outcome.with("ports in TIME_WAIT after close", waiting.getAsLong() - waitingBefore) : outcome;
		}
	}

}
