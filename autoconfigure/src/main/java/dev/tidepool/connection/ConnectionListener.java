package dev.tidepool.connection;

import java.util.Map;

/**
 * The one outlet of what happens in the pool. Called on the caller's thread, or on an I/O
 * thread: do little.
 */
public interface ConnectionListener {

	/**
	 * A caller waited for a connection.
	 * @param upstream counters of the upstream
	 * @param nanos the wait
	 * @param success whether it got one
	 */
	default void acquired(UpstreamStats upstream, long nanos, boolean success) {
	}

	/**
	 * A connection was made, DNS and TLS included, or failed.
	 * @param upstream counters of the upstream
	 * @param nanos the time it took
	 * @param success whether it is established
	 */
	default void connected(UpstreamStats upstream, long nanos, boolean success) {
	}

	/**
	 * A part of making a connection succeeded.
	 * @param upstream counters of the upstream
	 * @param phase the part
	 * @param nanos the time it took
	 */
	default void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
	}

	/**
	 * A caller gave its connection back.
	 * @param upstream counters of the upstream
	 * @param nanos for how long it held it
	 */
	default void used(UpstreamStats upstream, long nanos) {
	}

	/**
	 * An attempt gave nothing that could be handed over, and another one follows.
	 * @param upstream counters of the upstream
	 * @param failed the attempt
	 * @param attributes what the request was given beside it
	 */
	default void repeats(UpstreamStats upstream, FailedAttempt failed, Map<String, ?> attributes) {
	}

	/**
	 * A sweep is over. Called on the sweeper's thread, at least once a second.
	 * @param now the monotonic clock
	 */
	default void swept(long now) {
	}

}
