package dev.tidepool.connection;

/**
 * Whether an upstream can be called, as far as the latest calls tell. The worst comes
 * last.
 */
public enum UpstreamState {

	/**
	 * Nothing says that it cannot be.
	 */
	OK,

	/**
	 * All its connections are taken, and callers wait or were turned away just now.
	 */
	SATURATED,

	/**
	 * The latest connects failed one after the other, and no connection is left.
	 */
	UNREACHABLE

}
