package dev.tidepool.policy;

/**
 * Which of several idle connections serves the next call.
 */
public enum ReuseOrder {

	/**
	 * The one used last. The others age out, so that the pool shrinks after a burst.
	 */
	LIFO,

	/**
	 * The one idle longest. Spreads calls over all connections, and keeps all of them
	 * open.
	 */
	FIFO

}
