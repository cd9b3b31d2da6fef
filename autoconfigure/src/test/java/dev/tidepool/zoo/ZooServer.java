package dev.tidepool.zoo;

import java.io.IOException;
import java.util.Map;

/**
 * A running upstream, and what it saw.
 */
interface ZooServer extends AutoCloseable {

	String url();

	/**
	 * End it, so that connections are closed and refused until it is started again.
	 */
	void stop() throws Exception;

	/**
	 * Start it again after {@link #stop}, where it was.
	 */
	void startAgain() throws Exception;

	/**
	 * How often each {@code X-Id} arrived. Only once it is stopped all that arrived is
	 * sure to be counted.
	 */
	Map<String, Integer> arrivals() throws IOException;

	@Override
	void close() throws IOException;

}
