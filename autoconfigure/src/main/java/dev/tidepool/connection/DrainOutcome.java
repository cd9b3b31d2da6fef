package dev.tidepool.connection;

import java.util.Locale;

/**
 * What became of the rest of a response that was closed before its end.
 */
public enum DrainOutcome {

	/**
	 * It was read, and the connection kept.
	 */
	DRAINED,

	/**
	 * There was too much of it, or it took too long; the connection was closed.
	 */
	GIVEN_UP;

	/**
	 * The value of the {@code outcome} tag.
	 * @return the name in lower case with dashes
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
