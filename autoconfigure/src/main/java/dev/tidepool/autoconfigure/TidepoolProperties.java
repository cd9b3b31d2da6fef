package dev.tidepool.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;

import dev.tidepool.policy.ReuseOrder;

/**
 * The properties as they were written. Only binds: {@code null} is unset, and the
 * defaults are those of the settings records.
 */
@ConfigurationProperties(prefix = TidepoolProperties.PREFIX, ignoreUnknownFields = false)
public class TidepoolProperties {

	static final String PREFIX = "tidepool";

	/**
	 * Whether Tidepool is used at all. True, since the dependency was added for it.
	 */
	private boolean enabled = true;

	private final Pool pool = new Pool();

	private final KeepAlive keepAlive = new KeepAlive();

	private final Timeout timeout = new Timeout();

	private final Retry retry = new Retry();

	private final Response response = new Response();

	private final Redirect redirect = new Redirect();

	private final Proxy proxy = new Proxy();

	private final Ssl ssl = new Ssl();

	private final Health health = new Health();

	/**
	 * Settings for particular hosts, by a name of your choice, which is also the value of
	 * the 'upstream' tag of meters. Each takes hosts or base-url, and any of the other
	 * groups. Unset by default, since the defaults suit most upstreams.
	 */
	private final Map<String, UpstreamProperties> upstreams = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Pool getPool() {
		return this.pool;
	}

	public KeepAlive getKeepAlive() {
		return this.keepAlive;
	}

	public Timeout getTimeout() {
		return this.timeout;
	}

	public Retry getRetry() {
		return this.retry;
	}

	public Response getResponse() {
		return this.response;
	}

	public Redirect getRedirect() {
		return this.redirect;
	}

	public Proxy getProxy() {
		return this.proxy;
	}

	public Ssl getSsl() {
		return this.ssl;
	}

	public Health getHealth() {
		return this.health;
	}

	public Map<String, UpstreamProperties> getUpstreams() {
		return this.upstreams;
	}

	/**
	 * Limits of one upstream.
	 */
	public static class UpstreamPool {

		/**
		 * Connections that one upstream may have, active and idle. 200, because a limit
		 * below the number of concurrent calls makes callers queue, while connections
		 * that are not used cost nothing.
		 */
		private @Nullable Integer maxPerUpstream;

		/**
		 * Longest time that a caller waits for a connection. 1s: who waits longer has an
		 * upstream that is too slow or a pool that is too small, and should hear of it.
		 */
		private @Nullable Duration acquireTimeout;

		/**
		 * Age at which a connection is replaced, a tenth more or less, never while a call
		 * uses it. 10m, so that changes of DNS and load balancers reach every connection.
		 */
		private @Nullable Duration maxLifetime;

		/**
		 * Callers that may wait for a connection to one upstream; further ones fail at
		 * once. 1000: a longer queue is not served within anybody's patience.
		 */
		private @Nullable Integer maxPending;

		/**
		 * Time after which a connection that has not come back is reported, once, by a
		 * warning with the stack that took it. Unset by default, since each call then
		 * keeps a copy of its stack, which costs it some microseconds. Streams that live
		 * longer are reported too; 0s turns it off for one upstream.
		 */
		private @Nullable Duration leakDetectionThreshold;

		/**
		 * Idle connections that are kept ready, TLS included, from before the application
		 * reports ready. For upstreams with a base-url that are called without a proxy.
		 * Each client has its own, as a connection serves only the client that made it:
		 * an application with RestClient and WebClient keeps twice as many, within
		 * max-per-upstream. 0, since a connection costs an upstream something even while
		 * nobody calls.
		 */
		private @Nullable Integer minIdle;

		public @Nullable Integer getMinIdle() {
			return this.minIdle;
		}

		public void setMinIdle(@Nullable Integer minIdle) {
			this.minIdle = minIdle;
		}

		public @Nullable Integer getMaxPerUpstream() {
			return this.maxPerUpstream;
		}

		public void setMaxPerUpstream(@Nullable Integer maxPerUpstream) {
			this.maxPerUpstream = maxPerUpstream;
		}

		public @Nullable Integer getMaxPending() {
			return this.maxPending;
		}

		public void setMaxPending(@Nullable Integer maxPending) {
			this.maxPending = maxPending;
		}

		public @Nullable Duration getAcquireTimeout() {
			return this.acquireTimeout;
		}

		public void setAcquireTimeout(@Nullable Duration acquireTimeout) {
			this.acquireTimeout = acquireTimeout;
		}

		public @Nullable Duration getMaxLifetime() {
			return this.maxLifetime;
		}

		public void setMaxLifetime(@Nullable Duration maxLifetime) {
			this.maxLifetime = maxLifetime;
		}

		public @Nullable Duration getLeakDetectionThreshold() {
			return this.leakDetectionThreshold;
		}

		public void setLeakDetectionThreshold(@Nullable Duration leakDetectionThreshold) {
			this.leakDetectionThreshold = leakDetectionThreshold;
		}

	}

	/**
	 * Limits of the pool.
	 */
	public static class Pool extends UpstreamPool {

		/**
		 * Connections that all upstreams may have together, active and idle. 1000, room
		 * for five upstreams at their limit; the default, never a value set here, shrinks
		 * to half of the file descriptors that are free at start.
		 */
		private @Nullable Integer maxTotal;

		/**
		 * Which of several idle connections serves the next call. 'lifo', the one used
		 * last, so that connections that a burst needed age out after it.
		 */
		private @Nullable ReuseOrder reuseOrder;

		public @Nullable Integer getMaxTotal() {
			return this.maxTotal;
		}

		public void setMaxTotal(@Nullable Integer maxTotal) {
			this.maxTotal = maxTotal;
		}

		public @Nullable ReuseOrder getReuseOrder() {
			return this.reuseOrder;
		}

		public void setReuseOrder(@Nullable ReuseOrder reuseOrder) {
			this.reuseOrder = reuseOrder;
		}

	}

	/**
	 * Trust in idle connections.
	 */
	public static class KeepAlive {

		/**
		 * Idle time after which the upstream closes a connection. Unset by default, since
		 * only the upstream knows it: then it is what the Keep-Alive header says or what
		 * was learned, and 5s before that, which most widely used servers exceed.
		 */
		private @Nullable Duration upstreamTimeout;

		/**
		 * How much earlier than the upstream an idle connection is closed. Unset by
		 * default: a quarter of the upstream's time-out, 1s at most, which covers a
		 * request on its way and a pause of the JVM.
		 */
		private @Nullable Duration margin;

		/**
		 * Whether the time-out in the Keep-Alive response header is believed, up to 60s.
		 * True, since an upstream that sends it knows best; a smaller one always counts.
		 */
		private @Nullable Boolean honorHeader;

		/**
		 * Whether the upstream's idle time-out and request limit are learned from the
		 * connections that it closes. True, so that nobody needs to know them.
		 */
		private @Nullable Boolean learn;

		/**
		 * Requests after which a connection is closed. Unset by default: only upstreams
		 * that close without notice after a number of requests need it, and that number
		 * is learned.
		 */
		private @Nullable Integer maxRequests;

		public @Nullable Duration getUpstreamTimeout() {
			return this.upstreamTimeout;
		}

		public void setUpstreamTimeout(@Nullable Duration upstreamTimeout) {
			this.upstreamTimeout = upstreamTimeout;
		}

		public @Nullable Duration getMargin() {
			return this.margin;
		}

		public void setMargin(@Nullable Duration margin) {
			this.margin = margin;
		}

		public @Nullable Boolean getHonorHeader() {
			return this.honorHeader;
		}

		public void setHonorHeader(@Nullable Boolean honorHeader) {
			this.honorHeader = honorHeader;
		}

		public @Nullable Boolean getLearn() {
			return this.learn;
		}

		public void setLearn(@Nullable Boolean learn) {
			this.learn = learn;
		}

		public @Nullable Integer getMaxRequests() {
			return this.maxRequests;
		}

		public void setMaxRequests(@Nullable Integer maxRequests) {
			this.maxRequests = maxRequests;
		}

	}

	/**
	 * Bounds of each phase of a call.
	 */
	public static class Timeout {

		/**
		 * Longest time to connect, over all addresses of the host together. 2s, twice
		 * what TCP waits before it repeats a lost first packet.
		 */
		private @Nullable Duration connect;

		/**
		 * Longest time for the TLS handshake. 5s, since some upstreams ask others before
		 * they answer.
		 */
		private @Nullable Duration tlsHandshake;

		/**
		 * Longest time from the request sent to the response head complete, however it
		 * drips. 30s, longer than any healthy answer takes, shorter than users and
		 * gateways wait.
		 */
		private @Nullable Duration response;

		/**
		 * Longest silence within a response body. 30s, so that streams may live as long
		 * as they flow.
		 */
		private @Nullable Duration read;

		/**
		 * Longest time for a whole call: waiting for a connection, resolving, connecting,
		 * sending, the response with its body, repeats and redirects. Unset by default,
		 * so that streams may live. One call sets its own with the request attribute
		 * dev.tidepool.CallTimeout. Code that writes a request body is not interrupted,
		 * but fails at its next write.
		 */
		private @Nullable Duration call;

		public @Nullable Duration getConnect() {
			return this.connect;
		}

		public void setConnect(@Nullable Duration connect) {
			this.connect = connect;
		}

		public @Nullable Duration getTlsHandshake() {
			return this.tlsHandshake;
		}

		public void setTlsHandshake(@Nullable Duration tlsHandshake) {
			this.tlsHandshake = tlsHandshake;
		}

		public @Nullable Duration getResponse() {
			return this.response;
		}

		public void setResponse(@Nullable Duration response) {
			this.response = response;
		}

		public @Nullable Duration getRead() {
			return this.read;
		}

		public void setRead(@Nullable Duration read) {
			this.read = read;
		}

		public @Nullable Duration getCall() {
			return this.call;
		}

		public void setCall(@Nullable Duration call) {
			this.call = call;
		}

	}

	/**
	 * Repeats.
	 */
	public static class Retry {

		/**
		 * Whether idempotent requests are sent again after a lost connection or a status
		 * that asks for it. True; others are never sent twice in any case.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Attempts that one call may have, the first included. 3: who fails three times
		 * is down, not unlucky.
		 */
		private @Nullable Integer maxAttempts;

		private final Backoff backoff = new Backoff();

		/**
		 * Response statuses after which an idempotent request is sent again. 429, 502,
		 * 503 and 504, by which upstreams and gateways say that it was not their last
		 * word.
		 */
		private @Nullable Set<Integer> statuses;

		/**
		 * Longest Retry-After that is waited for; the response is handed over at once if
		 * the upstream asks for more. 2s, since a caller is waiting.
		 */
		private @Nullable Duration retryAfterMax;

		private final Budget budget = new Budget();

		/**
		 * Request headers that make any method safe to send twice. 'Idempotency-Key' and
		 * 'X-Idempotency-Key', the names in common use.
		 */
		private @Nullable List<String> idempotencyKeyHeaders;

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public @Nullable Integer getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(@Nullable Integer maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public Backoff getBackoff() {
			return this.backoff;
		}

		public @Nullable Set<Integer> getStatuses() {
			return this.statuses;
		}

		public void setStatuses(@Nullable Set<Integer> statuses) {
			this.statuses = statuses;
		}

		public @Nullable Duration getRetryAfterMax() {
			return this.retryAfterMax;
		}

		public void setRetryAfterMax(@Nullable Duration retryAfterMax) {
			this.retryAfterMax = retryAfterMax;
		}

		public Budget getBudget() {
			return this.budget;
		}

		public @Nullable List<String> getIdempotencyKeyHeaders() {
			return this.idempotencyKeyHeaders;
		}

		public void setIdempotencyKeyHeaders(@Nullable List<String> idempotencyKeyHeaders) {
			this.idempotencyKeyHeaders = idempotencyKeyHeaders;
		}

	}

	/**
	 * Pauses between attempts.
	 */
	public static class Backoff {

		/**
		 * Upper bound of the first pause; pauses are spread evenly from zero to their
		 * bound. 50ms, enough for a restarted process to listen again.
		 */
		private @Nullable Duration initial;

		/**
		 * Growth of the bound from pause to pause. 2, so that three attempts give an
		 * upstream in trouble ever more room.
		 */
		private @Nullable Double multiplier;

		/**
		 * Longest pause. 1s, since a caller is waiting.
		 */
		private @Nullable Duration max;

		public @Nullable Duration getInitial() {
			return this.initial;
		}

		public void setInitial(@Nullable Duration initial) {
			this.initial = initial;
		}

		public @Nullable Double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(@Nullable Double multiplier) {
			this.multiplier = multiplier;
		}

		public @Nullable Duration getMax() {
			return this.max;
		}

		public void setMax(@Nullable Duration max) {
			this.max = max;
		}

	}

	/**
	 * What repeats may add to the load of an upstream.
	 */
	public static class Budget {

		/**
		 * Repeats allowed for each call, from 0 to 1. 0.2: an upstream that is down gets
		 * a fifth more load, not three times as much.
		 */
		private @Nullable Double ratio;

		/**
		 * Repeats allowed in each second whatever the traffic. 10, so that a quiet
		 * application can repeat at all.
		 */
		private @Nullable Integer minPerSecond;

		public @Nullable Double getRatio() {
			return this.ratio;
		}

		public void setRatio(@Nullable Double ratio) {
			this.ratio = ratio;
		}

		public @Nullable Integer getMinPerSecond() {
			return this.minPerSecond;
		}

		public void setMinPerSecond(@Nullable Integer minPerSecond) {
			this.minPerSecond = minPerSecond;
		}

	}

	/**
	 * Responses.
	 */
	public static class Response {

		/**
		 * Size up to which the rest of a body that was closed unread is read, to keep its
		 * connection. 256KB: above, a new connection is cheaper.
		 */
		private @Nullable DataSize drainMaxSize;

		/**
		 * Longest time for which the rest of a body that was closed unread is read. 50ms:
		 * the caller that closed it is waiting.
		 */
		private @Nullable Duration drainMaxTime;

		/**
		 * Header fields that a response may have, and trailer fields after a chunked
		 * body: 100, above which it is refused.
		 */
		private @Nullable Integer maxHeaderCount;

		/**
		 * Longest line of a response head, and of what begins a chunk of a body: 8KB,
		 * above which the response is refused.
		 */
		private @Nullable DataSize maxLineLength;

		/**
		 * Interim responses (1xx) that may come before the final one: 20, above which the
		 * exchange is given up.
		 */
		private @Nullable Integer maxInterimResponses;

		/**
		 * Size up to which a compressed body is decompressed: 100MB, above which reading
		 * it fails. A body that is not compressed has no limit.
		 */
		private @Nullable DataSize maxDecompressedSize;

		public @Nullable DataSize getDrainMaxSize() {
			return this.drainMaxSize;
		}

		public void setDrainMaxSize(@Nullable DataSize drainMaxSize) {
			this.drainMaxSize = drainMaxSize;
		}

		public @Nullable Duration getDrainMaxTime() {
			return this.drainMaxTime;
		}

		public void setDrainMaxTime(@Nullable Duration drainMaxTime) {
			this.drainMaxTime = drainMaxTime;
		}

		public @Nullable Integer getMaxHeaderCount() {
			return this.maxHeaderCount;
		}

		public void setMaxHeaderCount(@Nullable Integer maxHeaderCount) {
			this.maxHeaderCount = maxHeaderCount;
		}

		public @Nullable DataSize getMaxLineLength() {
			return this.maxLineLength;
		}

		public void setMaxLineLength(@Nullable DataSize maxLineLength) {
			this.maxLineLength = maxLineLength;
		}

		public @Nullable Integer getMaxInterimResponses() {
			return this.maxInterimResponses;
		}

		public void setMaxInterimResponses(@Nullable Integer maxInterimResponses) {
			this.maxInterimResponses = maxInterimResponses;
		}

		public @Nullable DataSize getMaxDecompressedSize() {
			return this.maxDecompressedSize;
		}

		public void setMaxDecompressedSize(@Nullable DataSize maxDecompressedSize) {
			this.maxDecompressedSize = maxDecompressedSize;
		}

	}

	/**
	 * Redirects.
	 */
	public static class Redirect {

		/**
		 * Redirects that one call follows, 0 for none. 10: a chain that is longer is a
		 * loop.
		 */
		private @Nullable Integer max;

		/**
		 * Request headers that stay with the origin (scheme, host and port) when a
		 * redirect leaves it, as Authorization, Proxy-Authorization and Cookie always do.
		 * Unset by default: only you know in which headers your secrets are.
		 */
		private @Nullable List<String> secretHeaders;

		public @Nullable Integer getMax() {
			return this.max;
		}

		public void setMax(@Nullable Integer max) {
			this.max = max;
		}

		public @Nullable List<String> getSecretHeaders() {
			return this.secretHeaders;
		}

		public void setSecretHeaders(@Nullable List<String> secretHeaders) {
			this.secretHeaders = secretHeaders;
		}

	}

	/**
	 * The proxy.
	 */
	public static class Proxy {

		/**
		 * Address of the proxy, as in http://proxy.example.org:3128, without credentials.
		 * Unset by default: no proxy is used that nobody asked for.
		 */
		private @Nullable String url;

		/**
		 * Whether the JVM's proxy system properties are read. False, since a proxy picked
		 * up from the environment has sent applications to themselves.
		 */
		private @Nullable Boolean useSystem;

		/**
		 * Hosts that are called directly: host, host:port or *.domain. Unset by default:
		 * a proxy that was asked for is used for every host.
		 */
		private @Nullable List<String> noProxy;

		/**
		 * User name for the proxy. Unset by default: most proxies ask for none.
		 */
		private @Nullable String username;

		/**
		 * Password for the proxy. Unset by default: most proxies ask for none.
		 */
		private @Nullable String password;

		public @Nullable String getUrl() {
			return this.url;
		}

		public void setUrl(@Nullable String url) {
			this.url = url;
		}

		public @Nullable Boolean getUseSystem() {
			return this.useSystem;
		}

		public void setUseSystem(@Nullable Boolean useSystem) {
			this.useSystem = useSystem;
		}

		public @Nullable List<String> getNoProxy() {
			return this.noProxy;
		}

		public void setNoProxy(@Nullable List<String> noProxy) {
			this.noProxy = noProxy;
		}

		public @Nullable String getUsername() {
			return this.username;
		}

		public void setUsername(@Nullable String username) {
			this.username = username;
		}

		public @Nullable String getPassword() {
			return this.password;
		}

		public void setPassword(@Nullable String password) {
			this.password = password;
		}

	}

	/**
	 * TLS.
	 */
	public static class Ssl {

		/**
		 * SSL bundle with which upstreams are called. Unset by default: the JVM's trust
		 * store, as for any other client.
		 */
		private @Nullable String bundle;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * Health.
	 */
	public static class Health {

		/**
		 * Upstreams with which the application is down while all their connections are
		 * taken and callers wait: names, or * for all. Unset by default: a busy upstream
		 * is no reason to take an application out of service.
		 */
		private @Nullable List<String> downWhenSaturated;

		/**
		 * Upstreams with which the application is down when three connects in a row have
		 * failed within a minute and no connection is left: names, or * for all. Unset by
		 * default: an application that is down cannot serve what needs no upstream.
		 */
		private @Nullable List<String> downWhenUnreachable;

		public @Nullable List<String> getDownWhenSaturated() {
			return this.downWhenSaturated;
		}

		public void setDownWhenSaturated(@Nullable List<String> downWhenSaturated) {
			this.downWhenSaturated = downWhenSaturated;
		}

		public @Nullable List<String> getDownWhenUnreachable() {
			return this.downWhenUnreachable;
		}

		public void setDownWhenUnreachable(@Nullable List<String> downWhenUnreachable) {
			this.downWhenUnreachable = downWhenUnreachable;
		}

	}

	/**
	 * One named upstream.
	 */
	public static class UpstreamProperties {

		/**
		 * Hosts that the settings are for: host, host:port or *.domain. Unset by default:
		 * then base-url says whom they are for.
		 */
		private List<String> hosts = new ArrayList<>();

		/**
		 * Base URL of the upstream; its host and port are those that the settings are
		 * for. Unset by default: then hosts says whom they are for.
		 */
		private @Nullable String baseUrl;

		private final UpstreamPool pool = new UpstreamPool();

		private final KeepAlive keepAlive = new KeepAlive();

		private final Timeout timeout = new Timeout();

		private final Retry retry = new Retry();

		private final Response response = new Response();

		private final Redirect redirect = new Redirect();

		private final Proxy proxy = new Proxy();

		private final Ssl ssl = new Ssl();

		public List<String> getHosts() {
			return this.hosts;
		}

		public void setHosts(List<String> hosts) {
			this.hosts = hosts;
		}

		public @Nullable String getBaseUrl() {
			return this.baseUrl;
		}

		public void setBaseUrl(@Nullable String baseUrl) {
			this.baseUrl = baseUrl;
		}

		public UpstreamPool getPool() {
			return this.pool;
		}

		public KeepAlive getKeepAlive() {
			return this.keepAlive;
		}

		public Timeout getTimeout() {
			return this.timeout;
		}

		public Retry getRetry() {
			return this.retry;
		}

		public Response getResponse() {
			return this.response;
		}

		public Redirect getRedirect() {
			return this.redirect;
		}

		public Proxy getProxy() {
			return this.proxy;
		}

		public Ssl getSsl() {
			return this.ssl;
		}

	}

}
