package dev.tidepool.soak;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

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
	 * The connection was lost within the TLS handshake, whatever the certificate.
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
			return MALFORMED;
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
		// JSSE closed by the peer just before the end of the handshake has no
		// certificates
		if (ex instanceof SSLPeerUnverifiedException && message.equals("peer not authenticated")) {
			return HANDSHAKE_LOST;
		}
		if (ex instanceof SSLHandshakeException) {
			return hasCertificateFailure(ex) ? UNEXPECTED : HANDSHAKE_LOST;
		}
		if (ex instanceof TruncatedChunkException || ex instanceof ConnectionClosedException) {
			return BROKEN;
		}
		if (ex instanceof MalformedChunkCodingException) {
			return MALFORMED;
		}
		boolean reset = ex instanceof SocketException || ex instanceof SSLException;
		return (reset && message.contains("reset")) ? BROKEN : UNEXPECTED;
	}

	private static boolean hasCertificateFailure(Throwable thrown) {
		return Stream.iterate(thrown, (ex) -> ex != null, Throwable::getCause)
			.anyMatch((ex) -> ex instanceof GeneralSecurityException
					|| String.valueOf(ex.getMessage()).contains("certificat"));
	}

}
