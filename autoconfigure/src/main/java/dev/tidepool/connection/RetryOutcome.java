package dev.tidepool.connection;

import java.util.Locale;

/**
 * What became of an attempt that failed and might have been repeated.
 */
public enum RetryOutcome {

	/**
	 * The repeat brought a response that was handed over.
	 */
	SUCCESS,

	/**
	 * The repeat failed as well.
	 */
	FAILURE,

	/**
	 * Not repeated: all attempts were used.
	 */
	NO_ATTEMPTS_LEFT,

	/**
	 * Not repeated: the upstream wanted a longer pause than retry-after-max.
	 */
	RETRY_AFTER_TOO_LONG,

	/**
	 * Not repeated: the pause would have passed the deadline.
	 */
	NO_TIME_LEFT,

	/**
	 * Not repeated: the upstream's budget was used up.
	 */
	NO_BUDGET_LEFT;

	/**
	 * The value of the {@code outcome} tag.
	 * @return the name in lower case with dashes
	 */
	public String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
