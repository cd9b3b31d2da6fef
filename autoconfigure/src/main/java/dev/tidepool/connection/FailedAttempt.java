package dev.tidepool.connection;

import dev.tidepool.policy.FailureCause;

/**
 * An attempt after which its request is sent again.
 *
 * @param number its number in the call, from 1; an immediate repeat on a new connection
 * has that of the attempt which it repeats
 * @param cause why it gave nothing to hand over
 * @param status the status of its response, 0 if there was none
 */
public record FailedAttempt(int number, FailureCause cause, int status) {
}
