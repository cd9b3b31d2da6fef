package com.example.lab;

import java.time.Duration;
import java.util.Locale;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Calls just when the upstream closes the connections that are used for it.
 */
final class KeepAliveRace implements Experiment {

	// As many as HttpClient allows per route, so that both sides have as many idle
	private static final int BURST = 5;

	private static final int TRICKLE = 2;

	private static final int LATENCY_MILLIS = 50;

	private static final Duration SOME_MORE = Duration.ofMillis(200);

	private final HttpMethod method;

	private final IdleTimeout idleTimeout;

	private final int rounds;

	/**
	 * Create the experiment.
	 * @param method the method of the calls
	 * @param idleTimeout when the upstream closes an idle connection
	 * @param rounds how often the race is run
	 */
	KeepAliveRace(HttpMethod method, IdleTimeout idleTimeout, int rounds) {
		this.method = method;
		this.idleTimeout = idleTimeout;
		this.rounds = rounds;
	}

	@Override
	public Description description() {
		return new Description("keep-alive-race-" + this.method.name().toLowerCase(Locale.ROOT),
				"The keep-alive race, " + this.method,
				("An upstream closes connections that were idle for %d ms, and tells nobody before. %d calls at a time, a "
						+ "pause, %d calls: first with a pause in which the connections are closed, then %d times with "
						+ "one that ends just as they are closed, while the FIN is on its way (for %d ms).")
					.formatted(this.idleTimeout.after().toMillis(), BURST, TRICKLE, this.rounds,
							this.idleTimeout.onItsWay().toMillis()),
				"calls lost",
				"Who closes second loses: HttpClient keeps connections for 3 minutes, and no look at a connection finds "
						+ "a FIN that has not arrived. " + ofMethod()
						+ " Tidepool sees once when the upstream closes and lets connections go earlier from then on "
						+ "(tidepool.keep-alive.learn; upstream-timeout, if it is known).");
	}

	private String ofMethod() {
		return this.method.equals(HttpMethod.POST)
				? "A POST that is lost must not be sent again, as nobody knows whether it was processed."
				: "It repeats a GET once, on another connection of the same age, which is lost too.";
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (LabUpstream upstream = new LabUpstream((request, out) -> {
			// Long enough for calls to be under way at the same time
			Thread.sleep(LATENCY_MILLIS);
			return Responses.text(out, "fine");
		}, this.idleTimeout); Clients clients = side.start(properties(side))) {
			RestClient client = clients.create(upstream.url());
			Calls calls = new Calls();
			Duration closed = this.idleTimeout.closesAfter().plus(SOME_MORE);
			Duration closing = this.idleTimeout.after().plus(this.idleTimeout.onItsWay().dividedBy(2));
			round(client, calls, closed);
			for (int i = 0; i < this.rounds; i++) {
				round(client, calls, closing);
			}
			return Outcome.of(calls)
				.with("calls made", calls.made())
				.with("calls lost", calls.failed())
				.with("requests cut off", upstream.cut())
				.with("connections opened", upstream.accepted())
				.with("p99 of a call", calls.p99Millis(), "ms");
		}
	}

	private void round(RestClient client, Calls calls, Duration pause) throws InterruptedException {
		calls.make(BURST, 1, () -> call(client));
		Thread.sleep(pause.toMillis());
		calls.make(TRICKLE, 1, () -> call(client));
	}

	private Object call(RestClient client) {
		RestClient.RequestBodySpec request = client.method(this.method);
		return (this.method.equals(HttpMethod.POST) ? request.body("an order") : request).retrieve().toBodilessEntity();
	}

}
