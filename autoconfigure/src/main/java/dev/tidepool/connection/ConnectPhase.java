package dev.tidepool.connection;

import java.util.Locale;

/**
 * What making a connection consists of.
 */
public enum ConnectPhase {

	/**
	 * Resolving the host name.
	 */
	DNS,

	/**
	 * Connecting the socket.
	 */
	TCP,

	/**
	 * The TLS handshake.
	 */
	TLS;

	/**
	 * The value of the {@code phase} tag.
	 * @return the name in lower case
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

}
