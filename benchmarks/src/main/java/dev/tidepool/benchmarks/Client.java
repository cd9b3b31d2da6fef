package dev.tidepool.benchmarks;

import java.io.IOException;

/**
 * One way to make the call that is measured. Opened for a number of callers, then called
 * by all of them at once.
 */
interface Client extends AutoCloseable {

	/**
	 * Make one call, and read the body.
	 * @return how many bytes the body had
	 * @throws IOException if there was no response
	 * @throws IllegalStateException if its status was not 200
	 */
	int call() throws IOException;

	/**
	 * Make sure that what this row claims to measure was on. Called once all calls were
	 * made.
	 * @param calls how many there were
	 * @throws IllegalStateException if it was not
	 */
	default void check(long calls) {
	}

	@Override
	void close() throws IOException;

}
