package dev.tidepool.policy;

/**
 * What it comes from that idle connections are trusted for so long, and no longer.
 */
public enum KeepAliveSource {

	/**
	 * The property {@code keep-alive.upstream-timeout}.
	 */
	CONFIGURED,

	/**
	 * The {@code Keep-Alive} header of the upstream.
	 */
	HEADER,

	/**
	 * The connections that the upstream closed.
	 */
	LEARNED,

	/**
	 * Nothing is known, so that a time-out counts that most widely used servers exceed.
	 */
	DEFAULT

}
