package com.example.lab;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers requests that each take 1 to 8 calls at the same time, and wait no longer than
 * 300 ms for them, while the upstream stalls for some time.
 */
final class FanOut implements Experiment {

	private static final int MOST_CALLS = 8;

	private static final int PER_SECOND = 40;

	private static final Duration BUDGET = Duration.ofMillis(300);

	private static final String CALL_TIMEOUT = "250ms";

	private static final int LATENCY_MILLIS = 20;

	private final Duration phase;

	/**
	 * Create the experiment.
	 * @param phase for how long the upstream is well at first; then it stalls for twice
	 * and is well again for three times as long
	 */
	FanOut(Duration phase) {
		this.phase = phase;
	}

	@Override
	public Description description() {
		return new Description("fan-out", "A fan-out within 300 ms, an upstream that stalls",
				("%d requests a second, each of 1 to %d calls at the same time, on threads made as needed, waiting %d ms "
						+ "for all. The upstream takes %d ms; from %d to %d ms it answers nothing.")
					.formatted(PER_SECOND, MOST_CALLS, BUDGET.toMillis(), LATENCY_MILLIS, this.phase.toMillis(),
							this.phase.multipliedBy(3).toMillis()),
				"threads in calls at most",
				"A read time-out bounds no wait for a connection (3 minutes), so calls whose requests were given up long "
						+ "ago pile up with their threads, and are sent when the upstream is well again. "
						+ "tidepool.timeout.call (or CallTimeout on the request) covers all of a call: it ends, and "
						+ "gives its thread and connection back.");
	}

	@Override
	public Map<String, String> properties(Side side) {
		return switch (side) {
			case PLAIN -> Map.of("spring.http.clients.read-timeout", CALL_TIMEOUT);
			case TIDEPOOL -> Map.of("tidepool.timeout.call", CALL_TIMEOUT);
		};
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (Stall stall = new Stall(LATENCY_MILLIS);
				LabUpstream upstream = new LabUpstream(stall::answer);
				Clients clients = side.start(properties(side));
				FanOutLoad load = new FanOutLoad(clients.create(upstream.url()), BUDGET)) {
			// Loads classes, which is not what is measured
			load.warmUp();
			AtomicInteger before = load.run(requests(1), MOST_CALLS, PER_SECOND);
			stall.begin();
			load.run(requests(2), MOST_CALLS, PER_SECOND);
			int underWay = load.calls().underWay();
			stall.end();
			AtomicInteger after = load.run(requests(3), MOST_CALLS, PER_SECOND);
			load.awaitRequests();
			return Outcome.of(load.calls())
				.with("calls under way as the stall ends", underWay)
				// No request is without a call
				.with(Calls.slow(requests(6), "call"), load.calls().slowMillis(), "ms")
				.with("whole answers before, of " + requests(1), before.get())
				.with("whole answers after, of " + requests(3), after.get())
				.with("connections opened", upstream.accepted());
		}
	}

	private int requests(int phases) {
		return (int) (this.phase.multipliedBy(phases).toMillis() * PER_SECOND / 1000);
	}

}
