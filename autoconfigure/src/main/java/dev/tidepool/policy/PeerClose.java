package dev.tidepool.policy;

/**
 * A connection that the upstream closed first, as evidence of when it does so. The moment
 * of the close lies between the last time that the connection was seen alive and the time
 * that it was found closed.
 *
 * @param canary whether the connection was watched for this, and not in use any more
 * @param idleAtLeast how long it had been idle when last seen alive, in nanoseconds
 * @param idleAtMost how long it had been idle when found closed, in nanoseconds
 * @param requests how many requests it had served
 */
public record PeerClose(boolean canary, long idleAtLeast, long idleAtMost, int requests) {

}
