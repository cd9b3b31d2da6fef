package dev.tidepool.call;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.PoolExhaustedException;
import dev.tidepool.ProxyRefusedException;
import dev.tidepool.connection.AdmissionGate;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.FailureCause;

/**
 * Reads an exception: what it means for the next attempt, and how to tell it to the
 * caller.
 */
public final class Failures {

	/**
	 * What a call is doing whose response head has come.
	 */
	public static final String READING = "reading the body";

	private Failures() {
	}

	public static FailureCause causeOf(Throwable ex, Call call) {
		if (ex instanceof InterruptedIOException || ex instanceof AddressFilteredException) {
			// Time-outs among them
			return FailureCause.OTHER;
		}
		if (ex instanceof ProxyRefusedException refused) {
			return call.upstream().retry().isRetriedStatus(refused.getStatusCode()) ? FailureCause.CONNECT
					: FailureCause.OTHER;
		}
		boolean lost = isLoss(ex) || isCutOff(ex);
		if (call.requestSent()) {
			return lost ? FailureCause.LOST : FailureCause.OTHER;
		}
		return (lost || ex instanceof UnknownHostException) ? FailureCause.CONNECT : FailureCause.OTHER;
	}

	/**
	 * Whether it is TLS that was cut off, by what the transport did and not by what TLS
	 * has decided: what JSSE throws then has the loss as its cause.
	 * @param ex what was thrown
	 * @return whether it is
	 */
	public static boolean isCutOff(Throwable ex) {
		return ex instanceof SSLException && isLoss(ex.getCause());
	}

	/**
	 * The exception for a TLS handshake that was cut off.
	 * @param loss how
	 * @return the exception to throw
	 */
	public static SSLHandshakeException cutOff(IOException loss) {
		return because(loss, new SSLHandshakeException("The TLS handshake was cut off: " + reason(loss)));
	}

	static boolean isLoss(@Nullable Throwable ex) {
		// SocketException: refused, reset, broken pipe, no route
		return ex instanceof SocketException || ex instanceof NoHttpResponseException
				|| ex instanceof ConnectionClosedException || ex instanceof EOFException
				|| ex instanceof ClosedChannelException || isOfChannel(ex);
	}

	// Written to after a reset, a channel throws a plain IOException with the system's
	// words for it, in the system's language
	private static boolean isOfChannel(@Nullable Throwable ex) {
		return ex != null && ex.getClass() == IOException.class
				&& Arrays.stream(ex.getStackTrace()).anyMatch(Failures::isOfChannel);
	}

	private static boolean isOfChannel(StackTraceElement frame) {
		return frame.getClassName().equals("sun.nio.ch.SocketChannelImpl");
	}

	/**
	 * Whether it was writing to a socket that failed.
	 * @param ex what was thrown
	 * @return whether it was
	 */
	public static boolean isOfWriting(Exception ex) {
		return ex instanceof IOException && Arrays.stream(ex.getStackTrace())
			.anyMatch((frame) -> isOfChannel(frame) && frame.getMethodName().equals("write"));
	}

	/**
	 * The exception that the caller gets: of the same kind, but naming the upstream, the
	 * attempt, and the property where a setting caused it.
	 * @param ex what the attempt ended with
	 * @param call the call
	 * @param method the request method
	 * @param closed whether the pool was closed, which then is what ended it
	 * @return the exception to throw
	 */
	public static IOException describe(IOException ex, Call call, String method, boolean closed) {
		Upstream upstream = call.upstream();
		int attempt = call.attempt();
		if (Thread.currentThread().isInterrupted()) {
			// An interrupt closes a channel, which looks like many things
			return because(ex, new InterruptedIOException(
					"Interrupted in attempt %d of %s to upstream %s".formatted(attempt, method, upstream)));
		}
		if (ex instanceof RequestFailedException && ex.getCause() instanceof IOException cause) {
			// HttpClient's wrapper for what a lease ended with
			return cause;
		}
		if (closed && !(ex instanceof SocketTimeoutException)) {
			return closed(call, method, ex);
		}
		String where = "attempt %d of %s to upstream %s".formatted(attempt, method, upstream);
		if (ex instanceof NoHttpResponseException || ex instanceof ConnectionClosedException) {
			// The first through blocking connections, the second through the reactor's
			return because(ex, new NoHttpResponseException("The connection was closed without a response to " + where));
		}
		if (!call.requestSent() && isCutOff(ex) && ex.getCause() instanceof IOException loss) {
			return because(ex,
					new SSLHandshakeException("The TLS handshake was cut off in " + where + ": " + reason(loss)));
		}
		if (ex instanceof HttpHostConnectException refused) {
			return because(ex,
					new HttpHostConnectException("No connection for " + where + ": " + reason(ex), refused.getHost()));
		}
		if (ex instanceof UnknownHostException && !(ex instanceof AddressFilteredException)) {
			return because(ex, new UnknownHostException("Unknown host in " + where + ": " + reason(ex)));
		}
		if (ex.getClass() == SocketException.class || isOfChannel(ex)) {
			return because(ex, new SocketException("The connection was lost in " + where + ": " + reason(ex)));
		}
		return ex;
	}

	/**
	 * The exception for a wait that the watch has ended, which is counted.
	 * @param ex what that looked like
	 * @param call the call
	 * @param deadline whose time was over
	 * @param doing what the call was doing: its method, or connecting
	 * @return the exception to throw
	 */
	public static SocketTimeoutException expired(Exception ex, Call call, PhaseDeadline deadline, String doing) {
		Upstream upstream = call.upstream();
		CallDeadline ofCall = call.deadline();
		upstream.stats().expired(deadline.phase());
		String what = switch (deadline.phase()) {
			case RESOLVE, CONNECT -> "no connection came about";
			case TLS_HANDSHAKE -> "the TLS handshake was not complete";
			case REQUEST -> "the request was not written";
			case RESPONSE, NONE -> "no complete response head came";
			case READ, DRAIN -> "no more of the body came";
		};
		String bound;
		if (deadline.isOfCall()) {
			bound = bound(call, ofCall);
		}
		else {
			bound = switch (deadline.phase()) {
				case RESOLVE, CONNECT ->
					bound(call.timeouts().connect(upstream), call.timeouts().connectProperty(upstream));
				case TLS_HANDSHAKE ->
					bound(upstream.settings().timeout().tlsHandshake(), upstream.property("timeout.tls-handshake"));
				case READ, DRAIN -> bound(call.timeouts().read(upstream), call.timeouts().readProperty(upstream));
				case REQUEST, RESPONSE, NONE ->
					bound(call.timeouts().response(upstream), call.timeouts().responseProperty(upstream));
			};
		}
		SocketTimeoutException expired = new SocketTimeoutException(tooLong(call, doing, what, bound));
		// Not the cause, but what closing the connection looked like to who waited
		expired.addSuppressed(ex);
		return expired;
	}

	/**
	 * The exception for a call that is not taken any more.
	 * @param call the call, of which nothing has been sent
	 * @return the exception to throw
	 */
	public static SocketException closed(Call call) {
		return new SocketException(
				"No call is made to upstream %s: the connection pool is closed, because its application context is"
					.formatted(call.upstream()));
	}

	/**
	 * The exception for a call that the pool's end has cancelled.
	 * @param call the call
	 * @param doing what the call was doing: its method, or reading the body
	 * @param cause what that looked like
	 * @return the exception to throw
	 */
	public static SocketException closed(Call call, String doing, Throwable cause) {
		SocketException closed = new SocketException(
				"In attempt %d (%s) to upstream %s the connection pool was closed, because its application context is"
					.formatted(call.attempt(), doing, call.upstream()));
		closed.initCause(cause);
		return closed;
	}

	/**
	 * The exception for a name that was not resolved in time, which is counted.
	 * @param call the call
	 * @param deadline whose time was over: the call's, or one that the connect time-out
	 * set
	 * @param host the name
	 * @return the exception to throw
	 */
	public static ConnectTimeoutException notResolved(Call call, CallDeadline deadline, String host) {
		return notConnected(call, deadline, Phase.RESOLVE, "the name '%s' was not resolved".formatted(host));
	}

	/**
	 * The exception for a name none of whose addresses gave a connection. A time-out is
	 * counted.
	 * @param call the call
	 * @param deadline when there was no more time: the call's, or one that the connect
	 * time-out set
	 * @param addresses what there was to connect to
	 * @param last what connecting to the last of them ended with, or {@code null} if
	 * there was no time for it
	 * @return the exception to throw
	 */
	public static IOException notConnected(Call call, CallDeadline deadline, Addresses addresses,
			@Nullable IOException last) {
		IOException failure = (last != null) ? addresses.mostTelling(last) : null;
		if (failure != null && !(failure instanceof SocketTimeoutException)) {
			return failure;
		}
		int count = addresses.all().size();
		ConnectTimeoutException late = notConnected(call, deadline, Phase.CONNECT,
				(count == 1) ? "its address accepted no connection"
						: "none of its %d addresses accepted a connection".formatted(count));
		late.initCause(failure);
		return late;
	}

	private static ConnectTimeoutException notConnected(Call call, CallDeadline deadline, Phase phase, String what) {
		call.upstream().stats().expired(phase);
		String doing = (phase == Phase.RESOLVE) ? "resolving" : "connecting";
		return new ConnectTimeoutException(tooLong(call, doing, what, bound(call, deadline)));
	}

	private static String tooLong(Call call, String doing, String what, String bound) {
		return "In attempt %d (%s) to upstream %s, after %s altogether, %s within %s".formatted(call.attempt(), doing,
				call.upstream(), Durations.display(call.deadline().elapsed(System.nanoTime())), what, bound);
	}

	private static String bound(Call call, CallDeadline deadline) {
		Duration timeout = Objects.requireNonNull(deadline.timeout());
		return (deadline == call.deadline())
				? "the %s of the whole call (%s)".formatted(Durations.display(timeout), deadline.property())
				: bound(timeout, deadline.property());
	}

	private static String bound(Duration timeout, String property) {
		return "%s (%s)".formatted(Durations.display(timeout), property);
	}

	/**
	 * The exception for a body that could not be read to its end.
	 * @param ex what reading ended with
	 * @param call the call
	 * @param deadline the deadline of the connection
	 * @return the exception to throw
	 */
	public static IOException describeBody(IOException ex, Call call, PhaseDeadline deadline) {
		if (deadline.isExpired()) {
			return expired(ex, call, deadline, READING);
		}
		if (Thread.currentThread().isInterrupted()) {
			return because(ex, new InterruptedIOException(
					"Interrupted while reading the body of a response of upstream " + call.upstream()));
		}
		ConnectionRecord connection = call.connection();
		if (connection != null && connection.isClosing(CloseReason.SHUT_DOWN)) {
			return closed(call, READING, ex);
		}
		return ex;
	}

	/**
	 * The exception for a compressed body that is larger than its upstream may make it.
	 * @param upstream the upstream
	 * @return the exception to throw
	 */
	public static IOException decompressedTooLarge(Upstream upstream) {
		return new IOException("The body of a response of upstream %s is more than %d bytes when decompressed (%s)"
			.formatted(upstream, upstream.settings().limits().maxDecompressedSize(),
					upstream.property("response.max-decompressed-size")));
	}

	/**
	 * The exception for a caller that was not admitted.
	 * @param call the call
	 * @param admission how its wait at the gate ended
	 * @param gate the gate
	 * @param timeout the longest that it could have taken, in nanoseconds
	 * @param waited how long it took, in nanoseconds
	 * @param now the monotonic clock
	 * @return the exception to throw
	 */
	public static PoolExhaustedException exhausted(Call call, Admission admission, AdmissionGate gate, long timeout,
			long waited, long now) {
		Upstream upstream = call.upstream();
		AdmissionGate.Lane lane = upstream.lane();
		int idle = (int) upstream.stats().connections(State.IDLE);
		boolean upstreamIsFull = lane.active() >= lane.max();
		String limit = upstreamIsFull ? upstream.property("pool.max-per-upstream") : "tidepool.pool.max-total";
		String what = "did not become free within " + Durations.display(Duration.ofNanos(timeout));
		if (admission == Admission.REFUSED) {
			what = "is not waited for: %d callers are waiting already (%s)"
				.formatted(upstream.settings().pool().maxPending(), upstream.property("pool.max-pending"));
		}
		else if (call.deadline().left(now) == 0) {
			what = "did not become free before the call was over, after %s (%s)"
				.formatted(Durations.display(call.deadline().elapsed(now)), call.deadline().property());
		}
		return new PoolExhaustedException(
				"A connection to upstream %s %s: active %d, idle %d, pending %d, max %d, max-total %d. Raise %s, or find out why calls hold their connection for so long"
					.formatted(upstream, what, lane.active(), idle, lane.pending(), lane.max(), gate.maxTotal(), limit),
				upstream.name(), lane.active(), idle, lane.pending(), lane.max(), Duration.ofNanos(waited));
	}

	/**
	 * The exception for a tunnel that the proxy did not open.
	 * @param call the call
	 * @param proxy the proxy
	 * @param status what it answered
	 * @return the exception to throw
	 */
	public static ProxyRefusedException refused(Call call, HttpHost proxy, int status) {
		Upstream upstream = call.upstream();
		String todo = switch (status) {
			case HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED -> (upstream.settings().proxy().username() != null)
					? "It does not accept the user name and the password that are set for it"
					: "Set the username and password where its url is set, as in tidepool.proxy.username and tidepool.proxy.password";
			case HttpStatus.SC_FORBIDDEN ->
				"Have the upstream allowed there, or name it in %s".formatted(upstream.property("proxy.no-proxy"));
			default -> "Its log says why";
		};
		String address = proxy.toHostString();
		return new ProxyRefusedException("In attempt %d the proxy %s refused a tunnel to upstream %s with status %d. %s"
			.formatted(call.attempt(), address, upstream, status, todo), address, upstream.name(), status);
	}

	private static String reason(IOException ex) {
		return (ex.getMessage() != null) ? ex.getMessage() : ex.getClass().getSimpleName();
	}

	private static <E extends IOException> E because(IOException cause, E ex) {
		ex.initCause(cause);
		return ex;
	}

}
