package dev.tidepool.policy;

/**
 * What follows a failed attempt.
 */
public sealed interface RetryDecision {

	/**
	 * The caller gets the outcome as it is.
	 *
	 * @param reason why there is no further attempt
	 */
	record Stop(StopReason reason) implements RetryDecision {
	}

	/**
	 * The request goes out again.
	 *
	 * @param delayNanos pause before
	 * @param free whether the repeat costs neither an attempt nor budget, and takes a new
	 * connection
	 */
	record Repeat(long delayNanos, boolean free) implements RetryDecision {
	}

	/**
	 * Why a request is not repeated.
	 */
	enum StopReason {

		/**
		 * Nothing that another attempt would cure, or must not be sent twice, or cannot
		 * be sent twice, or repeats are off.
		 */
		NOT_REPEATABLE,

		/**
		 * All attempts are used.
		 */
		ATTEMPTS,

		/**
		 * The upstream wants a longer pause than retry-after-max.
		 */
		RETRY_AFTER,

		/**
		 * The deadline has passed, or would within the pause.
		 */
		DEADLINE,

		/**
		 * The budget of the upstream is used up.
		 */
		BUDGET

	}

}
