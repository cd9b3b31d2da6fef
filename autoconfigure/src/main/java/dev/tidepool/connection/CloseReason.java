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
	 * It had reached max-lifetime.
	 */
	LIFETIME,

	/**
	 * It had served as many requests as it may.
	 */
	REQUESTS,

	/**
	 * The peer closed it while it was idle, which was seen before a request met it.
	 */
	PEER_CLOSED_IDLE,

	/**
	 * The peer closed it while it was idle, and a request met that.
	 */
	PEER_CLOSED_ON_REUSE,

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
	 * The caller gave the call up before there was a response.
	 */
	CANCELLED,

	/**
	 * The caller closed the response before its end.
	 */
	UNREAD_RESPONSE,

	/**
	 * Bytes were waiting on it that no request had asked for.
	 */
	UNASKED_BYTES,

	/**
	 * It was made with key or trust material that has been replaced.
	 */
	TLS_ROTATED,

	/**
	 * It was idle and made room: for another connection, for a lowered limit, or because
	 * somebody asked.
	 */
	SHRINK,

	/**
	 * The response that held it became unreachable without being closed.
	 */
	LEAK,

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
