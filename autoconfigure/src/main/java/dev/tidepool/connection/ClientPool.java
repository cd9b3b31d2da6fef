package dev.tidepool.connection;

/**
 * The connections of one kind of client, blocking or not, in the data structure that this
 * client takes them from. What holds for all of them is the {@link SharedPool}'s.
 */
public interface ClientPool {

	/**
	 * Have those idle connections leave for which a reason to close was noted.
	 */
	void removeClosing();

	/**
	 * Close all connections. Calls in flight fail. Harmless when repeated.
	 */
	void close();

}
