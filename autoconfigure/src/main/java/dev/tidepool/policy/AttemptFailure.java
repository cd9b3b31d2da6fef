package dev.tidepool.policy;

/**
 * A failed attempt, as far as it matters for the next one.
 *
 * @param cause what went wrong
 * @param idempotent whether the request may be processed twice: by its method (RFC 9110,
 * 9.2.2) or by an idempotency key
 * @param bodyRepeatable whether there is no body, or one that can be written again
 * @param reusedConnection whether the connection had served requests before
 * @param freeRepeatUsed whether the call has had its free repeat
 * @param attempt the number of the attempt, from 1, free repeats not counted
 * @param retryAfterNanos the wait that the upstream asked for, or {@link RetryAfter#NONE}
 * @param timeLeftNanos what is left of the deadline of the call
 */
public record AttemptFailure(FailureCause cause, boolean idempotent, boolean bodyRepeatable, boolean reusedConnection,
		boolean freeRepeatUsed, int attempt, long retryAfterNanos, long timeLeftNanos) {

}
