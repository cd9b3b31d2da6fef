package dev.tidepool.policy;

import java.util.Set;

import dev.tidepool.policy.RetryDecision.Repeat;
import dev.tidepool.policy.RetryDecision.Stop;
import dev.tidepool.policy.RetryDecision.StopReason;

/**
 * The one place that decides whether a request is sent again. Pure: the budget is taken
 * by the caller, and only for a repeat that is not free.
 */
public final class RetryPolicy {

	// RFC 9110, 9.2.2
	private static final Set<String> IDEMPOTENT_METHODS = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

	private final RetrySettings settings;

	private final long retryAfterMax;

	public RetryPolicy(RetrySettings settings) {
		this.settings = settings;
		this.retryAfterMax = Durations.toNanos(settings.retryAfterMax());
	}

	/**
	 * Whether a method may be sent twice by its own meaning. Method names are case
	 * sensitive (RFC 9110, 9.1).
	 * @param method the request method
	 * @return whether it is idempotent
	 */
	public static boolean isIdempotent(String method) {
		return IDEMPOTENT_METHODS.contains(method);
	}

	public boolean isRetriedStatus(int status) {
		return status >= 400 && this.settings.enabled() && this.settings.statuses().contains(status);
	}

	public RetrySettings settings() {
		return this.settings;
	}

	/**
	 * Decide what follows a failed attempt.
	 * @param failure the attempt
	 * @param random a number from 0 (included) to 1 (excluded), for the jitter
	 * @return the decision
	 */
	public RetryDecision decide(AttemptFailure failure, double random) {
		boolean foundDead = failure.cause() == FailureCause.CONNECT && failure.reusedConnection();
		if (!foundDead && (!this.settings.enabled() || !failure.cause().mayRepeat() || !maySendAgain(failure))) {
			return new Stop(StopReason.NOT_REPEATABLE);
		}
		if (failure.timeLeftNanos() <= 0) {
			return new Stop(StopReason.DEADLINE);
		}
		boolean lost = foundDead || (failure.cause() == FailureCause.LOST && failure.reusedConnection());
		if (lost && !failure.freeRepeatUsed()) {
			// The upstream closed an idle connection, which says nothing about its
			// health;
			// if that was found before a byte was sent, it is no repeat at all
			return new Repeat(0, true);
		}
		if (failure.attempt() >= this.settings.maxAttempts()) {
			return new Stop(StopReason.ATTEMPTS);
		}
		if (failure.retryAfterNanos() > this.retryAfterMax) {
			return new Stop(StopReason.RETRY_AFTER);
		}
		long delay = Math.max(failure.retryAfterNanos(), this.settings.backoff().delayNanos(failure.attempt(), random));
		return (delay < failure.timeLeftNanos()) ? new Repeat(delay, false) : new Stop(StopReason.DEADLINE);
	}

	private boolean maySendAgain(AttemptFailure failure) {
		// A connection that never came about has carried nothing, so any method may try
		// another, and its body was not touched
		return failure.cause() == FailureCause.CONNECT || (failure.idempotent() && failure.bodyRepeatable());
	}

}
