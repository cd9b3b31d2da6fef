package dev.tidepool.call;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.CallTimeout;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.RetryPolicy;

/**
 * One call to one upstream, with all its attempts: what the parts of HttpClient that we
 * plug into need to know of each other. It travels as the context's user token, because
 * that is the only thing that HttpClient hands to the connection manager on lease and
 * release too. (Connection state, which the token stands for otherwise, is off: the
 * partition does its work.)
 */
public final class Call {

	/**
	 * How long a request body waits for an upstream to say that it wants it, which many
	 * never do (RFC 9110, 10.1.1).
	 */
	public static final Timeout WAIT_FOR_CONTINUE = Timeout.ofSeconds(1);

	private final Upstream upstream;

	private final Partition partition;

	private CallerTimeouts timeouts;

	private final String exchangeId;

	private final CallDeadline deadline;

	private Map<String, ?> requestAttributes = Map.of();

	private int attempt = 1;

	private @Nullable ConnectionRecord connection;

	private @Nullable Leased leased;

	private @Nullable BooleanSupplier codedBegun;

	private boolean idempotent;

	private boolean bodyRepeatable = true;

	private boolean requestSent;

	private boolean reusedConnection;

	public Call(Upstream upstream, Partition partition, CallerTimeouts timeouts, String exchangeId,
			CallDeadline deadline) {
		this.upstream = upstream;
		this.partition = partition;
		this.timeouts = timeouts;
		this.exchangeId = exchangeId;
		this.deadline = deadline;
	}

	/**
	 * Start a call, or the next hop of one that is redirected.
	 * @param upstreams all upstreams
	 * @param caller who makes it
	 * @param exchangeId the id that HttpClient gave the user's call
	 * @param route the way to its upstream
	 * @param context where it can be found from now on
	 * @return the call
	 */
	public static Call start(Upstreams upstreams, CallerSettings caller, String exchangeId, HttpRoute route,
			HttpClientContext context) {
		Upstream upstream = upstreams.get(keyOf(route));
		Call call = new Call(upstream, caller.partition(), caller.timeouts(), exchangeId,
				deadline(upstream, exchangeId, context, upstreams.clock().nanoTime()));
		call.requestAttributes = CallContext.requestAttributes(context);
		upstream.budget().call();
		context.setUserToken(call);
		return call;
	}

	// One for all hops
	private static CallDeadline deadline(Upstream upstream, String exchangeId, HttpClientContext context, long now) {
		Call previousHop = of(context);
		if (previousHop != null && previousHop.exchangeId.equals(exchangeId)) {
			return previousHop.deadline();
		}
		Duration ofRequest = CallTimeout.in(CallContext.requestAttributes(context));
		if (ofRequest != null) {
			return new CallDeadline(now, ofRequest, "the request attribute " + CallTimeout.ATTRIBUTE);
		}
		return upstream.callDeadline(now);
	}

	/**
	 * The upstream at the end of a route.
	 * @param route the route
	 * @return its key
	 */
	public static UpstreamKey keyOf(HttpRoute route) {
		HttpHost target = route.getTargetHost();
		HttpHost proxy = route.getProxyHost();
		return new UpstreamKey(target.getSchemeName(), HostPattern.bare(target.getHostName()).toLowerCase(Locale.ROOT),
				target.getPort(), (proxy != null) ? proxy.toHostString() : null);
	}

	/**
	 * The call in progress.
	 * @param context a context, or what travels as its user token
	 * @return the call, or {@code null} if there is none
	 */
	public static @Nullable Call of(@Nullable Object context) {
		Object token = (context instanceof HttpContext httpContext) ? HttpClientContext.cast(httpContext).getUserToken()
				: context;
		return (token instanceof Call call) ? call : null;
	}

	public Upstream upstream() {
		return this.upstream;
	}

	public Partition partition() {
		return this.partition;
	}

	public CallerTimeouts timeouts() {
		return this.timeouts;
	}

	/**
	 * Its request has a time-out of its own, which goes before that of its client.
	 * @param timeout to wait for the response and within its body, zero for no limit
	 */
	public void readTimeout(Duration timeout) {
		this.timeouts = new CallerTimeouts(this.timeouts.connect(), timeout);
	}

	public CallDeadline deadline() {
		return this.deadline;
	}

	/**
	 * What its request was given beside it.
	 * @return the attributes of the request
	 */
	Map<String, ?> requestAttributes() {
		return this.requestAttributes;
	}

	/**
	 * Its response has a body.
	 * @param codedBegun whether any of it was read, if it comes with a content coding
	 */
	public void receives(@Nullable BooleanSupplier codedBegun) {
		this.codedBegun = codedBegun;
	}

	/**
	 * Whether any of the body was read.
	 * @return what tells, or {@code null} if the body has no content coding
	 */
	public @Nullable BooleanSupplier codedBegun() {
		return this.codedBegun;
	}

	/**
	 * When a connection for it has to be there, resolving included.
	 * @param timeout the longest that connecting may take, zero for as long as it wants
	 * @param now when it starts, on the monotonic clock
	 * @return the deadline: its own, if the call is over before
	 */
	public CallDeadline connectDeadline(Duration timeout, long now) {
		CallDeadline ofConnect = new CallDeadline(now, timeout.isZero() ? null : timeout,
				this.timeouts.connectProperty(this.upstream));
		return (this.deadline.left(now) < ofConnect.left(now)) ? this.deadline : ofConnect;
	}

	/**
	 * The number of the attempt in progress, from 1, free repeats not counted.
	 * @return the number
	 */
	public int attempt() {
		return this.attempt;
	}

	public void attemptStarts(int attempt) {
		this.attempt = attempt;
		this.connection = null;
		this.requestSent = false;
		this.reusedConnection = false;
	}

	public void requestStarts(ConnectionRecord connection) {
		this.connection = connection;
		this.reusedConnection = connection.requestStarts();
		this.requestSent = true;
	}

	/**
	 * A proxy is asked for a tunnel: until there is one, nothing goes to the upstream.
	 */
	public void tunnelStarts() {
		this.requestSent = false;
	}

	/**
	 * The connection of the attempt turned out dead before anything was sent.
	 * @param connection its record
	 */
	public void foundDead(ConnectionRecord connection) {
		this.connection = connection;
		this.reusedConnection = true;
	}

	/**
	 * Whether its request may be sent twice, body and all.
	 * @return whether it may
	 */
	public boolean mayBeSentTwice() {
		return this.idempotent && this.bodyRepeatable;
	}

	/**
	 * Whether its request may be processed twice.
	 * @return whether it is idempotent
	 */
	public boolean isIdempotent() {
		return this.idempotent;
	}

	/**
	 * Whether its request has no body, or one that can be written again.
	 * @return whether it can be repeated as far as its body goes
	 */
	public boolean isBodyRepeatable() {
		return this.bodyRepeatable;
	}

	/**
	 * Say what is to be sent.
	 * @param request the request
	 * @param bodyRepeatable whether it has no body, or one that can be written again
	 */
	public void sends(HttpRequest request, boolean bodyRepeatable) {
		this.idempotent = isIdempotent(request);
		this.bodyRepeatable = bodyRepeatable;
	}

	// By its method (RFC 9110, 9.2.2) or an idempotency key
	private boolean isIdempotent(HttpRequest request) {
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

	/**
	 * The connection of the attempt in progress.
	 * @return the record, or {@code null} as long as no request was written
	 */
	public @Nullable ConnectionRecord connection() {
		return this.connection;
	}

	public void leased(Leased leased) {
		this.leased = leased;
	}

	/**
	 * The lease of the attempt in progress.
	 * @return the lease, or {@code null} as long as there is none
	 */
	public @Nullable Leased leased() {
		return this.leased;
	}

	public boolean requestSent() {
		return this.requestSent;
	}

	public boolean reusedConnection() {
		return this.reusedConnection;
	}

}
