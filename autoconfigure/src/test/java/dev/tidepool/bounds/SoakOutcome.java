package dev.tidepool.bounds;

import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.springframework.web.client.HttpServerErrorException;

import dev.tidepool.PoolExhaustedException;

/**
 * How a call of a soak can end.
 */
enum SoakOutcome {

	SUCCEEDED,

	/**
	 * With the 503 of the upstream.
	 */
	UNAVAILABLE,

	/**
	 * With a redirect, since its body cannot be sent again.
	 */
	NOT_FOLLOWED,

	/**
	 * No connection was free.
	 */
	EXHAUSTED,

	CONNECT_TIMED_OUT,

	TIMED_OUT,

	INTERRUPTED,

	/**
	 * Cancelled before it had begun.
	 */
	NOT_STARTED,

	/**
	 * The connection was lost before there was a response.
	 */
	LOST,

	/**
	 * The connection was lost within the response.
	 */
	BROKEN,

	/**
	 * What the caller's own code threw.
	 */
	OWN_FAILURE,

	/**
	 * Anything else, which must not be.
	 */
	UNEXPECTED;

	/**
	 * Whether among thousands of calls some are sure to end so.
	 */
	boolean isSureToOccur() {
		return this != UNEXPECTED && this != CONNECT_TIMED_OUT && this != NOT_STARTED;
	}

	/**
	 * Name an exception.
	 * @param thrown what the caller got
	 * @param call the number of the call
	 * @return the outcome
	 */
	static SoakOutcome of(Throwable thrown, int call) {
		if (thrown instanceof HttpServerErrorException.ServiceUnavailable) {
			return UNAVAILABLE;
		}
		// The cause of what Spring wraps, once or twice
		return Stream.iterate(thrown, (ex) -> ex != null, Throwable::getCause)
			.map((ex) -> ofOne(ex, call))
			.filter((outcome) -> outcome != UNEXPECTED)
			.findFirst()
			.orElse(UNEXPECTED);
	}

	private static SoakOutcome ofOne(Throwable ex, int call) {
		String message = String.valueOf(ex.getMessage());
		if (SoakFailure.isOf(ex, call)) {
			return OWN_FAILURE;
		}
		if (ex instanceof PoolExhaustedException) {
			return message.contains("tidepool.") ? EXHAUSTED : UNEXPECTED;
		}
		if (ex instanceof ConnectTimeoutException) {
			return message.contains("timeout") ? CONNECT_TIMED_OUT : UNEXPECTED;
		}
		if (ex instanceof SocketTimeoutException) {
			return (message.startsWith("In attempt ") && message.contains("timeout")) ? TIMED_OUT : UNEXPECTED;
		}
		if (ex instanceof InterruptedIOException) {
			return message.startsWith("Interrupted") ? INTERRUPTED : UNEXPECTED;
		}
		return ofLoss(ex, message);
	}

	private static SoakOutcome ofLoss(Throwable ex, String message) {
		if (ex instanceof NoHttpResponseException) {
			return LOST;
		}
		if (ex instanceof SocketException && message.startsWith("The connection was lost in attempt ")) {
			return LOST;
		}
		if (ex instanceof SSLException && message.startsWith("The connection was lost in attempt ")) {
			return LOST;
		}
		boolean truncated = ex instanceof ConnectionClosedException || ex instanceof TruncatedChunkException;
		boolean reset = ex instanceof SocketException || ex instanceof SSLException;
		return (truncated || (reset && message.contains("reset"))) ? BROKEN : UNEXPECTED;
	}

}
