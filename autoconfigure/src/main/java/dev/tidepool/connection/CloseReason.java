package dev.tidepool.connection;

import java.util.Locale;

/**
 * Why a connection was closed.
 */
public enum CloseReason {

	/**
	 * It had been idle for as long as it is trusted.
	 */
	IDLE,

	/**
	 * The peer announced that it closes, or its response could not be followed by
	 * another.
	 */
	CONNECTION_CLOSE,

	/**
	 * The connect, the handshake or the exchange failed.
	 */
	ERROR,

	/**
	 * A phase of the call took too long.
	 */
	DEADLINE,

	/**
	 * The peer had closed it while it was idle, and a request met that.
	 */
	PEER_CLOSED_ON_REUSE,

	/**
	 * The caller closed the response before its end.
	 */
	UNREAD_RESPONSE,

	/**
	 * It was idle and made room for another connection.
	 */
	SHRINK,

	/**
	 * The pool was closed.
	 */
	SHUT_DOWN;

	/**
	 * The value of the {@code reason} tag.
	 * @return the name in lower case with dashes
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
