package dev.tidepool.policy;

import java.util.Locale;

/**
 * Why an attempt gave no response that could be handed over.
 */
public enum FailureCause {

	/**
	 * No connection came about (refused, reset, cut off in its TLS handshake, or the host
	 * was not resolved), or a reused one was found dead. Nothing was sent.
	 */
	CONNECT(true),

	/**
	 * The request went out, at least in part, and the connection was lost before the
	 * response: reset, silent close or end of stream, which are the same to a caller.
	 */
	LOST(true),

	/**
	 * A response came whose status is worth another attempt.
	 */
	STATUS(true),

	/**
	 * Anything else: a time-out, a TLS or protocol error, a pool that is full or closed.
	 * Another attempt would end the same way, or would add to the load.
	 */
	OTHER(false);

	private final boolean mayRepeat;

	FailureCause(boolean mayRepeat) {
		this.mayRepeat = mayRepeat;
	}

	boolean mayRepeat() {
		return this.mayRepeat;
	}

	/**
	 * The cause as operators see it.
	 * @return the name in lower case
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT);
	}

}
