package dev.tidepool.soak;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;

import javax.crypto.BadPaddingException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.TruncatedChunkException;

import dev.tidepool.PoolExhaustedException;

/**
 * How a call can end, by the name that a caller has for it.
 */
enum MixedOutcome {

	SUCCEEDED,

	/**
	 * With the 503 of the upstream.
	 */
	UNAVAILABLE,

	/**
	 * With a redirect, since its body cannot be sent again.
	 */
	NOT_FOLLOWED,

	TIMED_OUT,

	CONNECT_TIMED_OUT,

	/**
	 * Nobody listens.
	 */
	REFUSED,

	/**
	 * The TLS handshake was cut off, in each attempt that there could be.
	 */
	HANDSHAKE_LOST,

	/**
	 * The connection was lost before there was a response.
	 */
	LOST,

	/**
	 * The connection was lost within the response.
	 */
	BROKEN,

	/**
	 * What arrived is no response.
	 */
	MALFORMED,

	INTERRUPTED,

	CANCELLED,

	/**
	 * No connection was free.
	 */
	EXHAUSTED,

	/**
	 * Anything else, which must not be.
	 */
	UNEXPECTED;

	private static final String LOSS = "The connection was lost in attempt ";

	private static final String CUT_OFF = "The TLS handshake was cut off in attempt ";

	private static final String WITHIN_HEAD = "The connection was closed within the response head";

	/**
	 * Whether among thousands of calls some are sure to end so.
	 */
	boolean isSureToOccur() {
		return this != CONNECT_TIMED_OUT && this != HANDSHAKE_LOST && this != EXHAUSTED && this != UNEXPECTED;
	}

	/**
	 * Name a failure.
	 * @param thrown what the caller got
	 * @return the outcome
	 */
	static MixedOutcome of(Throwable thrown) {
		// The cause of what Spring wraps, once or twice
		return Stream.iterate(thrown, (ex) -> ex != null, Throwable::getCause)
			.map(MixedOutcome::ofOne)
			.filter((outcome) -> outcome != UNEXPECTED)
			.findFirst()
			.orElse(UNEXPECTED);
	}

	private static MixedOutcome ofOne(Throwable ex) {
		if (ex instanceof ProtocolException) {
			return String.valueOf(ex.getMessage()).contains(WITHIN_HEAD) ? BROKEN : MALFORMED;
		}
		return (ex instanceof IOException io) ? ofWait(io, String.valueOf(io.getMessage())) : UNEXPECTED;
	}

	private static MixedOutcome ofWait(IOException ex, String message) {
		if (ex instanceof PoolExhaustedException) {
			return EXHAUSTED;
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
		if (ex instanceof ConnectException) {
			return message.contains("refused") ? REFUSED : UNEXPECTED;
		}
		return ofResponse(ex, message);
	}

	private static MixedOutcome ofResponse(IOException ex, String message) {
		if (ex instanceof NoHttpResponseException || message.startsWith(LOSS)) {
			return LOST;
		}
		// A server of JSSE that is closed meanwhile may say so in the clear, or amid a
		// record, after it has begun to encrypt
		boolean garbled = ex instanceof SSLException && ex.getCause() instanceof BadPaddingException;
		if (ex instanceof SSLHandshakeException) {
			return (message.startsWith(CUT_OFF) || garbled) ? HANDSHAKE_LOST : UNEXPECTED;
		}
		if (ex instanceof TruncatedChunkException || ex instanceof ConnectionClosedException) {
			return BROKEN;
		}
		if (ex instanceof MalformedChunkCodingException) {
			return MALFORMED;
		}
		boolean reset = ex instanceof SocketException || ex instanceof SSLException;
		return (garbled || (reset && message.contains("reset"))) ? BROKEN : UNEXPECTED;
	}

}
