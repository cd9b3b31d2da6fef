package dev.tidepool;

import java.io.Serial;
import java.time.Duration;

import org.apache.hc.core5.http.ConnectionRequestTimeoutException;

/**
 * No connection to an upstream became free in time, or too many callers were waiting for
 * one already. Nothing was sent. Reaches callers of RestClient as the cause of a
 * {@code ResourceAccessException}, and those of WebClient as that of a
 * {@code WebClientRequestException}.
 *
 * @serial exclude
 */
public final class PoolExhaustedException extends ConnectionRequestTimeoutException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String upstream;

	private final int active;

	private final int idle;

	private final int pending;

	private final int max;

	private final Duration elapsed;

	/**
	 * Create an exception.
	 * @param message what happened, and which property to raise
	 * @param upstream name of the upstream
	 * @param active connections to it that callers held
	 * @param idle connections to it that waited in the pool
	 * @param pending callers that waited for one
	 * @param max connections that it may have
	 * @param elapsed how long this caller had waited
	 */
	public PoolExhaustedException(String message, String upstream, int active, int idle, int pending, int max,
			Duration elapsed) {
		super(message);
		this.upstream = upstream;
		this.active = active;
		this.idle = idle;
		this.pending = pending;
		this.max = max;
		this.elapsed = elapsed;
	}

	/**
	 * The upstream that was called.
	 * @return its configured name, else {@code host:port}
	 */
	public String getUpstream() {
		return this.upstream;
	}

	/**
	 * Connections to the upstream that callers held.
	 * @return the number
	 */
	public int getActive() {
		return this.active;
	}

	/**
	 * Connections to the upstream that waited in the pool.
	 * @return the number
	 */
	public int getIdle() {
		return this.idle;
	}

	/**
	 * Callers that waited for a connection to the upstream.
	 * @return the number
	 */
	public int getPending() {
		return this.pending;
	}

	/**
	 * Connections that the upstream may have.
	 * @return the number
	 */
	public int getMax() {
		return this.max;
	}

	/**
	 * How long the caller had waited.
	 * @return the time
	 */
	public Duration getElapsed() {
		return this.elapsed;
	}

}
