package dev.tidepool.benchmarks;

import java.net.URI;

/**
 * One row of a table.
 *
 * @param name what the table calls it
 * @param opening makes its client
 */
record Contender(String name, Opening opening) {

	/**
	 * Makes a client.
	 */
	@FunctionalInterface
	interface Opening {

		/**
		 * Make a client.
		 * @param uri what it calls
		 * @param callers how many calls there will be at once
		 * @return the client
		 */
		Client open(URI uri, int callers);

	}

}
