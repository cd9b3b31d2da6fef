package dev.tidepool.call;

/**
 * A connection that a call holds.
 */
public interface Leased {

	/**
	 * Give the connection back for a caller that cannot any more.
	 * @param now the monotonic clock
	 */
	void giveBack(long now);

}
