package com.example.lab;

import java.util.Map;

import org.springframework.web.client.RestClient;

/**
 * Closes responses of which only the first byte was read.
 */
final class UnreadBodies implements Experiment {

	private static final int CALLERS = 4;

	private static final int SMALL = 10 * 1024;

	private final Upstreams upstreams;

	private final int each;

	private final int large;

	/**
	 * Create the experiment.
	 * @param upstreams starts its upstreams
	 * @param each how many calls each caller makes
	 * @param large the length of a large body in bytes
	 */
	UnreadBodies(Upstreams upstreams, int each, int large) {
		this.upstreams = upstreams;
		this.each = each;
		this.large = large;
	}

	@Override
	public Description description() {
		return new Description("unread-bodies", "Unread bodies",
				"%d callers make %d calls each, read one byte of the body and close the response. First the body has "
					.formatted(CALLERS, this.each)
						+ "%d KiB, then %d MiB at some 16 MiB/s.".formatted(SMALL / 1024, this.large / 1024 / 1024),
				slow("large one"),
				"HttpClient and Spring read whatever is left when a response is closed, so as to use the connection "
						+ "again. Tidepool does so too while it is cheap, up to tidepool.response.drain-max-size (256 KiB) "
						+ "and drain-max-time (50 ms), and gives the connection up beyond: a new one costs less.");
	}

	@Override
	public String upstream() {
		return this.upstreams.name();
	}

	@Override
	public Outcome run(Side side) throws Exception {
		try (Upstream upstream = this.upstreams.start(Behaviour.bodies(Map.of("small", SMALL, "large", this.large)));
				Clients clients = side.start(properties(side))) {
			RestClient client = clients.create(upstream.url());
			// Loads classes, which is not what is measured
			readOne(client, "/small");
			Calls small = new Calls();
			small.make(CALLERS, this.each, () -> readOne(client, "/small"));
			int forSmall = upstream.accepted();
			long before = upstream.bytesSent();
			Calls large = new Calls();
			large.make(CALLERS, this.each, () -> readOne(client, "/large"));
			return Outcome.of(large)
				.with(slow("small one"), small.slowMillis(), "ms")
				.with("connections for small ones", forSmall)
				.with(slow("large one"), large.slowMillis(), "ms")
				.with("connections for large ones", upstream.accepted() - forSmall)
				.with("sent of large ones", (upstream.bytesSent() - before) / (1024.0 * 1024.0), "MiB");
		}
	}

	private String slow(String call) {
		return Calls.slow(CALLERS * this.each, call);
	}

	private static Integer readOne(RestClient client, String path) {
		return client.get().uri(path).exchangeForRequiredValue((request, response) -> response.getBody().read());
	}

}
