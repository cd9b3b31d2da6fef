package dev.tidepool.benchmarks;

import java.io.IOException;

/**
 * One way to make the call that is measured, opened for a number of calls at once.
 */
interface Client extends AutoCloseable {

	/**
	 * The calls that are measured, not yet started.
	 * @param bodyLength how long each body has to be
	 * @param callers how many calls are made at once
	 * @param virtual whether who waits is a virtual thread
	 * @return the calls
	 */
	Traffic traffic(int bodyLength, int callers, boolean virtual);

	/**
	 * Make sure that what this row claims to measure was on. Called once all calls were
	 * made.
	 * @param calls how many there were
	 * @throws IllegalStateException if it was not
	 */
	default void check(long calls) throws InterruptedException {
	}

	@Override
	void close() throws IOException;

}
