package dev.tidepool.benchmarks;

import java.net.URI;
import java.util.List;

/**
 * One row of the table.
 *
 * @param name what the table calls it
 * @param opening makes its client
 */
record Contender(String name, Opening opening) {

	/**
	 * All of them. The first is what the others are compared with.
	 */
	static final List<Contender> ALL = List.of(new Contender("HttpClient alone", HttpClientAlone::new),
			new Contender("RestClient on Tidepool", RestClientOnTidepool::new));

	static Contender named(String name) {
		return ALL.stream()
			.filter((contender) -> contender.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("No contender is called '" + name + "'"));
	}

	/**
	 * Makes a client.
	 */
	@FunctionalInterface
	interface Opening {

		/**
		 * Make a client.
		 * @param uri what it calls
		 * @param callers how many will call at once
		 * @return the client
		 */
		Client open(URI uri, int callers);

	}

}
