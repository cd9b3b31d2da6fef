package dev.tidepool.connection;

/**
 * A connection as its pool sees it.
 */
public interface Pooled {

	/**
	 * Take the connection for a caller, whatever comes of it.
	 * @param now the monotonic clock
	 * @param oneTry whether its request must not be sent twice
	 * @return whether it may carry that request
	 */
	boolean lease(long now, boolean oneTry);

	/**
	 * Whether the connection has to leave the pool, as it is closed, or a reason to close
	 * it was noted.
	 * @return whether it has to
	 */
	boolean isClosing();

	/**
	 * Let the connection go, which is in the pool no more. Waits for no peer.
	 */
	void dispose();

}
