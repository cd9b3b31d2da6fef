package com.example.lab;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Calls just when the upstream closes the connections that are used for it.
 */
final class KeepAliveRace implements Experiment {

	// As many as HttpClient allows per route, so that both sides have as many idle
	private static final int BURST = 5;

	private static final int TRICKLE = 2;

	// Long enough for calls to be under way at the same time
	private static final int LATENCY_MILLIS = 50;

	private static final Duration SOME_MORE = Duration.ofMillis(200);

	private final Upstreams upstreams;

	private final HttpMethod method;

	private final IdleTimeout idleTimeout;

	private final int rounds;

	/**
	 * Create the experiment.
	 * @param upstreams starts its upstreams
	 * @param method the method of the calls
	 * @param idleTimeout when the upstream closes an idle connection
	 * @param rounds how often the race is run
	 */
	KeepAliveRace(Upstreams upstreams, HttpMethod method, IdleTimeout idleTimeout, int rounds) {
		this.upstreams = upstreams;
		this.method = method;
		this.idleTimeout = idleTimeout;
		this.rounds = rounds;
	}

	@Override
	public Description description() {
		return new Description("keep-alive-race-" + this.method.name().toLowerCase(Locale.ROOT),
				"The keep-alive race, " + this.method,
				"An upstream closes connections that were idle for %d ms, and tells nobody before. %s"
					.formatted(this.idleTimeout.after().toMillis(), pauses()),
				"calls lost",
				"Who closes second loses: HttpClient keeps connections for 3 minutes, %s %s ".formatted(look(),
						ofMethod())
						+ "Tidepool sees once when the upstream closes and lets connections go earlier from then on "
						+ "(tidepool.keep-alive.learn; upstream-timeout, if it is known).");
	}

	private String pauses() {
		return "%d calls at a time, a pause, %d calls: first with a pause of %d ms, then %d times with one of %d ms, %s"
			.formatted(BURST, TRICKLE, seen().toMillis(), this.rounds, unseen().toMillis(), this.upstreams.areNginx()
					? "when the FIN is there."
					: "while the FIN is on its way (for %d ms).".formatted(this.idleTimeout.unseen().toMillis()));
	}

	private String look() {
		return this.upstreams.areNginx() ? "and looks for a FIN only at those that were idle for 2 s."
				: "and no look at a connection finds a FIN that has not arrived.";
	}

	private String ofMethod() {
		return this.method.equals(HttpMethod.POST)
				? "A POST that is lost must not be sent again, as nobody knows whether it was processed."
				: "It repeats a GET once, on another connection of the same age, which is lost too.";
	}

	@Override
	public String upstream() {
		return this.upstreams.name();
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (Upstream upstream = this.upstreams
			.start(Behaviour.textAfter(LATENCY_MILLIS).closingIdle(this.idleTimeout));
				Clients clients = side.start(properties(side))) {
			RestClient client = clients.create(upstream.url());
			Calls calls = new Calls();
			round(client, calls, seen());
			for (int i = 0; i < this.rounds; i++) {
				round(client, calls, unseen());
			}
			Outcome outcome = Outcome.of(calls)
				.with("calls made", calls.made())
				.with("calls lost", calls.failed())
				.with("requests received", upstream.requests());
			OptionalInt cut = upstream.cut();
			return (cut.isPresent() ? outcome.with("requests cut off", cut.getAsInt()) : outcome)
				.with("connections opened", upstream.accepted())
				.with(Calls.slow((BURST + TRICKLE) * (1 + this.rounds), "call"), calls.slowMillis(), "ms");
		}
	}

	private Duration seen() {
		return this.idleTimeout.seenAfter().plus(SOME_MORE);
	}

	private Duration unseen() {
		return this.idleTimeout.after().plus(this.idleTimeout.unseen().dividedBy(2));
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
