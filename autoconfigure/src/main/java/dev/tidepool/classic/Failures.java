package dev.tidepool.classic;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.FailureCause;

/**
 * Reads an exception: what it means for the next attempt, and how to tell it to the
 * caller.
 */
final class Failures {

	private Failures() {
	}

	static FailureCause causeOf(IOException ex, Call call) {
		if (ex instanceof InterruptedIOException || ex instanceof AddressFilteredException) {
			// Time-outs among them
			return FailureCause.OTHER;
		}
		boolean lost = isLoss(ex) || (call.requestSent() && ex instanceof SSLException && isLoss(ex.getCause()));
		if (call.requestSent()) {
			return lost ? FailureCause.LOST : FailureCause.OTHER;
		}
		return (lost || ex instanceof UnknownHostException) ? FailureCause.CONNECT : FailureCause.OTHER;
	}

	private static boolean isLoss(@Nullable Throwable ex) {
		// SocketException: refused, reset, broken pipe, no route
		return ex instanceof SocketException || ex instanceof NoHttpResponseException
				|| ex instanceof ConnectionClosedException || ex instanceof EOFException
				|| ex instanceof ClosedChannelException;
	}

	/**
	 * The exception that the caller gets: of the same kind, but naming the upstream, the
	 * attempt, and the property where a setting caused it.
	 * @param ex what the attempt ended with
	 * @param call the call
	 * @param method the request method
	 * @param attempt the number of the attempt
	 * @return the exception to throw
	 */
	static IOException describe(IOException ex, Call call, String method, int attempt) {
		Upstream upstream = call.upstream();
		if (Thread.currentThread().isInterrupted()) {
			// An interrupt closes a channel, which looks like many things
			return because(ex, new InterruptedIOException(
					"Interrupted in attempt %d of %s to upstream %s".formatted(attempt, method, upstream)));
		}
		if (ex instanceof ConnectTimeoutException timeout) {
			return because(ex,
					new ConnectTimeoutException("Connecting to upstream %s took longer than %s (%s, or %s)".formatted(
							upstream, Durations.display(call.timeouts().connect(upstream)),
							call.timeouts().connectProperty(upstream), upstream.property("timeout.tls-handshake")),
							timeout.getHost()));
		}
		if (ex instanceof SocketTimeoutException && call.requestSent()) {
			return because(ex,
					new SocketTimeoutException(
							"Upstream %s sent no response to attempt %d of %s within %s (%s)".formatted(upstream,
									attempt, method, Durations.display(call.timeouts().response(upstream).toDuration()),
									call.timeouts().responseProperty(upstream))));
		}
		String where = "attempt %d of %s to upstream %s".formatted(attempt, method, upstream);
		if (ex instanceof NoHttpResponseException) {
			return because(ex, new NoHttpResponseException("The connection was closed without a response to " + where));
		}
		if (ex instanceof HttpHostConnectException refused) {
			return because(ex,
					new HttpHostConnectException("No connection for " + where + ": " + reason(ex), refused.getHost()));
		}
		if (ex instanceof UnknownHostException && !(ex instanceof AddressFilteredException)) {
			return because(ex, new UnknownHostException("Unknown host in " + where + ": " + reason(ex)));
		}
		if (ex.getClass() == SocketException.class) {
			return because(ex, new SocketException("The connection was lost in " + where + ": " + reason(ex)));
		}
		return ex;
	}

	private static String reason(IOException ex) {
		return (ex.getMessage() != null) ? ex.getMessage() : ex.getClass().getSimpleName();
	}

	private static <E extends IOException> E because(IOException cause, E ex) {
		ex.initCause(cause);
		return ex;
	}

}
