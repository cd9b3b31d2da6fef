package dev.tidepool.connection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.policy.PeerClose;
import dev.tidepool.policy.RetryBudget;
import dev.tidepool.policy.RetryPolicy;
import dev.tidepool.policy.UpstreamSettings;

/**
 * One host that is called, by one way: its settings, its retry budget and its counters.
 */
public final class Upstream {

	private static final Log logger = LogFactory.getLog(Upstream.class);

	private final UpstreamKey key;

	private final UpstreamSettings settings;

	private final UpstreamStats stats;

	private final AdmissionGate.Lane lane;

	private final KeepAlivePolicy keepAlive;

	private final RetryPolicy retry;

	private final RetryBudget budget;

	private final RequestLimit requestLimit;

	// Made once, since each call carries it
	private final String callTimeoutProperty;

	private final Sockets sockets;

	private final ConnectFailures connectFailures = new ConnectFailures();

	private volatile long lastUsed;

	private volatile KeepAliveEstimate estimate = KeepAliveEstimate.NONE;

	private volatile long learnedTimeout = KeepAliveEstimate.UNKNOWN;

	private volatile long stillTrusted = Long.MAX_VALUE;

	private volatile long announcedTimeout = KeepAlivePolicy.NO_HEADER;

	Upstream(UpstreamKey key, UpstreamSettings settings, UpstreamStats stats, AdmissionGate.Lane lane, Sockets sockets,
			long now) {
		this.key = key;
		this.sockets = sockets;
		this.settings = settings;
		this.stats = stats;
		this.lane = lane;
		this.keepAlive = new KeepAlivePolicy(settings.keepAlive());
		this.retry = new RetryPolicy(settings.retry());
		this.budget = new RetryBudget(settings.retry().budget(), now);
		this.callTimeoutProperty = property("timeout.call");
		this.lastUsed = now;
		this.requestLimit = new RequestLimit(settings.keepAlive().maxRequests(), settings.retry().enabled());
	}

	public UpstreamKey key() {
		return this.key;
	}

	/**
	 * The name to show: the configured one, else {@code host:port}.
	 * @return the name
	 */
	public String name() {
		return Objects.requireNonNullElseGet(this.settings.name(), this.key::hostAndPort);
	}

	public UpstreamSettings settings() {
		return this.settings;
	}

	public UpstreamStats stats() {
		return this.stats;
	}

	/**
	 * The upstream's way through the admission gate.
	 * @return the lane
	 */
	public AdmissionGate.Lane lane() {
		return this.lane;
	}

	/**
	 * The connections that there are to it, or are about to be.
	 * @return the count
	 */
	public Sockets sockets() {
		return this.sockets;
	}

	/**
	 * The connects that failed.
	 * @return the count
	 */
	public ConnectFailures connectFailures() {
		return this.connectFailures;
	}

	/**
	 * Whether it can be called.
	 * @param now the monotonic clock
	 * @return the state, as far as the latest calls tell
	 */
	public UpstreamState state(long now) {
		if (this.connectFailures.areRecentAndEnough(now) && !this.stats.hasOpenConnection(this)) {
			return UpstreamState.UNREACHABLE;
		}
		return this.lane.isSaturated(now) ? UpstreamState.SATURATED : UpstreamState.OK;
	}

	public KeepAlivePolicy keepAlive() {
		return this.keepAlive;
	}

	/**
	 * For how long a connection is trusted that becomes idle now.
	 * @param headerNanos what the upstream announced, or
	 * {@link KeepAlivePolicy#NO_HEADER}
	 * @return nanoseconds, 0 if it must not be kept
	 */
	public long trustedNanos(long headerNanos) {
		// Written only when it is news, and a response without it does not take it back
		if (headerNanos != KeepAlivePolicy.NO_HEADER && headerNanos != this.announcedTimeout) {
			this.announcedTimeout = headerNanos;
		}
		return this.keepAlive.trustedNanos(headerNanos, this.learnedTimeout);
	}

	/**
	 * For how long connections that are idle already are trusted at most.
	 * @return nanoseconds
	 */
	long stillTrustedNanos() {
		return this.stillTrusted;
	}

	/**
	 * The requests after which a connection is closed.
	 * @return the number, {@link Integer#MAX_VALUE} for no limit
	 */
	int maxRequests() {
		return this.requestLimit.max();
	}

	/**
	 * Where that number comes from.
	 * @return the limit
	 */
	RequestLimit requestLimit() {
		return this.requestLimit;
	}

	public KeepAliveEstimate estimate() {
		return this.estimate;
	}

	/**
	 * What is believed of the upstream's connections, and why.
	 * @return the state of this moment
	 */
	public UpstreamSnapshot snapshot() {
		KeepAliveEstimate estimate = this.estimate;
		long learned = estimate.limitNanos();
		long announced = this.announcedTimeout;
		return new UpstreamSnapshot(name(), this.key, this.settings.keepAlive().upstreamTimeout(), known(learned),
				known(estimate.timeout()), estimate.measured(),
				Duration.ofNanos(Math.min(this.keepAlive.trustedNanos(announced, learned), this.stillTrusted)),
				estimate.maxRequests(), known(announced),
				Duration.ofNanos(this.keepAlive.limitNanos(announced, learned)),
				this.keepAlive.source(announced, learned));
	}

	// What is not known is negative
	private static @Nullable Duration known(long nanos) {
		return (nanos >= 0) ? Duration.ofNanos(nanos) : null;
	}

	/**
	 * Take in that the upstream closed a connection first.
	 * @param close the close
	 * @param now the monotonic clock
	 */
	void learn(PeerClose close, long now) {
		if (this.settings.keepAlive().learn()) {
			update((known) -> known.with(close, this::connectionsSentMoreThan, now), now);
		}
	}

	private int connectionsSentMoreThan(int requests) {
		return (int) this.stats.connections()
			.stream()
			.filter((each) -> each.upstream() == this && each.requests() > requests && !each.isClosing())
			.count();
	}

	/**
	 * Take in how many requests a connection has served that would have to retire.
	 * @param requests how many
	 * @param now the monotonic clock
	 */
	void served(int requests, long now) {
		KeepAliveEstimate known = this.estimate;
		if (known.served(requests) != known) {
			update((latest) -> latest.served(requests), now);
		}
	}

	/**
	 * Judge what was seen, when it is time.
	 * @param now the monotonic clock
	 */
	void judge(long now) {
		if (!this.estimate.open().isEmpty()) {
			update((known) -> known.judged(now), now);
		}
	}

	private synchronized void update(UnaryOperator<KeepAliveEstimate> change, long now) {
		KeepAliveEstimate known = this.estimate;
		KeepAliveEstimate changed = change.apply(known);
		this.estimate = changed;
		this.learnedTimeout = changed.limitNanos();
		this.stillTrusted = this.keepAlive.stillTrustedNanos(changed.limitNanos());
		this.requestLimit.learned(changed.maxRequests(), now);
		if (changed.maxRequests() == 0 && known.maxRequests() > 0) {
			logger.info("Learned of upstream %s: it serves more than %d requests on a connection after all"
				.formatted(this, known.maxRequests()));
		}
		else if (changed.isNewsAfter(known)) {
			logger.info("Learned of upstream %s: it closes %s".formatted(this, describe(changed)));
		}
	}

	private static String describe(KeepAliveEstimate estimate) {
		StringBuilder text = new StringBuilder();
		if (estimate.timeout() != KeepAliveEstimate.UNKNOWN) {
			text.append("idle connections after %.1f s".formatted(estimate.timeout() / 1e9));
		}
		if (estimate.maxRequests() > 0) {
			text.append(text.isEmpty() ? "" : ", and ")
				.append("connections after ")
				.append(estimate.maxRequests())
				.append(" requests");
		}
		return text.toString();
	}

	public RetryPolicy retry() {
		return this.retry;
	}

	public RetryBudget budget() {
		return this.budget;
	}

	/**
	 * A connection was established.
	 * @param probe how to look at it
	 * @param tls the TLS material it was made with, or {@code null} if it is plain
	 * @param now the monotonic clock
	 * @return its record
	 */
	public ConnectionRecord connected(ConnectionProbe probe, @Nullable TlsGeneration tls, long now) {
		ConnectionRecord connection = new ConnectionRecord(this, probe, tls, now,
				this.settings.pool().lifetimeNanos(ThreadLocalRandom.current().nextDouble()));
		this.sockets.add();
		this.stats.created(connection);
		return connection;
	}

	/**
	 * The property that set a value for this upstream, to name in a message.
	 * @param key the key within the group, such as {@code pool.max-per-upstream}
	 * @return the properties to look at
	 */
	public String property(String key) {
		return ((this.settings.name() != null) ? "tidepool." + key + " or " : "") + this.settings.property(key);
	}

	/**
	 * The deadline of a call that has no time-out of its own.
	 * @param now when it starts, on the monotonic clock
	 * @return its deadline
	 */
	public CallDeadline callDeadline(long now) {
		return new CallDeadline(now, this.settings.timeout().call(), this.callTimeoutProperty);
	}

	void usedAt(long tick) {
		if (this.lastUsed != tick) {
			this.lastUsed = tick;
		}
	}

	long lastUsed() {
		return this.lastUsed;
	}

	@Override
	public String toString() {
		String name = this.settings.name();
		return (name != null) ? "'%s' (%s)".formatted(name, this.key) : this.key.toString();
	}

}
