package dev.tidepool.benchmarks;

import java.io.IOException;

/**
 * A client whose callers wait, each on a thread of its own.
 */
interface BlockingClient extends Client {

	/**
	 * Make one call, and read the body.
	 * @return how many bytes the body had
	 * @throws IOException if there was no response
	 * @throws IllegalStateException if its status was not 200
	 */
	int call() throws IOException;

	@Override
	default Traffic traffic(int bodyLength, int callers, boolean virtual) {
		return new Callers(this::call, bodyLength, callers, CallerThreads.of(virtual));
	}

}
