package com.example.lab;

import org.springframework.web.client.RestClient;

/**
 * Calls more often at a time than the pool that one gets by default has connections.
 */
final class SmallPool implements Experiment {

	private static final int CALLERS = 40;

	private static final int LATENCY_MILLIS = 50;

	private final Upstreams upstreams;

	private final int each;

	/**
	 * Create the experiment.
	 * @param upstreams starts its upstreams
	 * @param each how many calls each caller makes
	 */
	SmallPool(Upstreams upstreams, int each) {
		this.upstreams = upstreams;
		this.each = each;
	}

	@Override
	public Description description() {
		return new Description("small-pool", "A pool smaller than the concurrency",
				"%d callers at a time make %d calls each to an upstream that takes %d ms.".formatted(CALLERS, this.each,
						LATENCY_MILLIS),
				slow(),
				"HttpClient allows 5 connections per route, and Boot has no property for it: callers queue, unseen, for "
						+ "up to 3 minutes. Tidepool allows 200 (tidepool.pool.max-per-upstream), a wait of 1 s "
						+ "(acquire-timeout) and 1,000 that wait (max-pending), and meters all three.");
	}

	@Override
	public String upstream() {
		return this.upstreams.name();
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (Upstream upstream = this.upstreams.start(Behaviour.textAfter(LATENCY_MILLIS));
				Clients clients = side.start(properties(side))) {
			RestClient client = clients.create(upstream.url());
			// Loads classes, which is not what is measured
			client.get().retrieve().toBodilessEntity();
			Calls calls = new Calls();
			long begin = System.nanoTime();
			calls.make(CALLERS, this.each, () -> client.get().retrieve().toBodilessEntity());
			double seconds = (System.nanoTime() - begin) / 1e9;
			return Outcome.of(calls)
				.with(slow(), calls.slowMillis(), "ms")
				.with("calls answered a second", (calls.made() - calls.failed()) / seconds)
				.with("connections opened", upstream.accepted());
		}
	}

	private String slow() {
		return Calls.slow(CALLERS * this.each, "call");
	}

}
