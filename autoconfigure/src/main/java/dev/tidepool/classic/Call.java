package dev.tidepool.classic;

import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.RetryPolicy;

/**
 * One call to one upstream, with all its attempts: what the parts of HttpClient that we
 * plug into need to know of each other. It travels as the context's user token, because
 * that is the only thing that HttpClient hands to the connection manager on lease and
 * release too. (Connection state, which the token stands for otherwise, is off: the
 * partition does its work.)
 */
final class Call {

	private final Upstream upstream;

	private final Partition partition;

	private final CallerTimeouts timeouts;

	private final String exchangeId;

	private final CallDeadline deadline;

	private int attempt = 1;

	private @Nullable ConnectionRecord connection;

	private @Nullable GatedEndpoint endpoint;

	private boolean requestSent;

	private boolean reusedConnection;

	Call(Upstream upstream, Partition partition, CallerTimeouts timeouts, String exchangeId, CallDeadline deadline) {
		this.upstream = upstream;
		this.partition = partition;
		this.timeouts = timeouts;
		this.exchangeId = exchangeId;
		this.deadline = deadline;
	}

	static @Nullable Call of(@Nullable Object context) {
		Object token = (context instanceof HttpContext httpContext) ? HttpClientContext.cast(httpContext).getUserToken()
				: context;
		return (token instanceof Call call) ? call : null;
	}

	Upstream upstream() {
		return this.upstream;
	}

	Partition partition() {
		return this.partition;
	}

	CallerTimeouts timeouts() {
		return this.timeouts;
	}

	/**
	 * Whether this is a hop of the same call of the user: redirects make several.
	 * @param exchangeId the id that HttpClient gave the user's call
	 * @return whether it is
	 */
	boolean isPartOf(String exchangeId) {
		return this.exchangeId.equals(exchangeId);
	}

	CallDeadline deadline() {
		return this.deadline;
	}

	/**
	 * The number of the attempt in progress, from 1, free repeats not counted.
	 * @return the number
	 */
	int attempt() {
		return this.attempt;
	}

	void attemptStarts(int attempt) {
		this.attempt = attempt;
		this.connection = null;
		this.requestSent = false;
		this.reusedConnection = false;
	}

	void requestStarts(ConnectionRecord connection) {
		this.connection = connection;
		this.reusedConnection = connection.requestStarts();
		this.requestSent = true;
	}

	/**
	 * The connection of the attempt turned out dead before anything was sent.
	 * @param connection its record
	 */
	void foundDead(ConnectionRecord connection) {
		this.connection = connection;
		this.reusedConnection = true;
	}

	/**
	 * Whether a request may be sent twice: by its method (RFC 9110, 9.2.2) or an
	 * idempotency key, and because its body, if any, can be written again.
	 * @param request the request
	 * @return whether it may
	 */
	boolean mayBeSentTwice(ClassicHttpRequest request) {
		return isIdempotent(request) && isBodyRepeatable(request);
	}

	boolean isIdempotent(ClassicHttpRequest request) {
		if (RetryPolicy.isIdempotent(request.getMethod())) {
			return true;
		}
		for (String header : this.upstream.settings().retry().idempotencyKeyHeaders()) {
			if (request.containsHeader(header)) {
				return true;
			}
		}
		return false;
	}

	boolean isBodyRepeatable(ClassicHttpRequest request) {
		HttpEntity body = request.getEntity();
		return body == null || body.isRepeatable();
	}

	/**
	 * The connection of the attempt in progress.
	 * @return the record, or {@code null} as long as no request was written
	 */
	@Nullable ConnectionRecord connection() {
		return this.connection;
	}

	void leased(GatedEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * The lease of the attempt in progress.
	 * @return the lease, or {@code null} as long as there is none
	 */
	@Nullable GatedEndpoint endpoint() {
		return this.endpoint;
	}

	boolean requestSent() {
		return this.requestSent;
	}

	boolean reusedConnection() {
		return this.reusedConnection;
	}

}
