package dev.tidepool.connection;

import java.util.Objects;

import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.policy.RetryBudget;
import dev.tidepool.policy.RetryPolicy;
import dev.tidepool.policy.UpstreamSettings;

/**
 * One host that is called, by one way: its settings, its retry budget and its counters.
 */
public final class Upstream {

	private final UpstreamKey key;

	private final UpstreamSettings settings;

	private final UpstreamStats stats;

	private final KeepAlivePolicy keepAlive;

	private final RetryPolicy retry;

	private final RetryBudget budget;

	private volatile long lastUsed;

	Upstream(UpstreamKey key, UpstreamSettings settings, UpstreamStats stats, long now) {
		this.key = key;
		this.settings = settings;
		this.stats = stats;
		this.keepAlive = new KeepAlivePolicy(settings.keepAlive());
		this.retry = new RetryPolicy(settings.retry());
		this.budget = new RetryBudget(settings.retry().budget(), now);
		this.lastUsed = now;
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

	public KeepAlivePolicy keepAlive() {
		return this.keepAlive;
	}

	public RetryPolicy retry() {
		return this.retry;
	}

	public RetryBudget budget() {
		return this.budget;
	}

	public ConnectionRecord connected() {
		ConnectionRecord connection = new ConnectionRecord(this);
		this.stats.created(connection);
		return connection;
	}

	/**
	 * The property that set a value for this upstream, to name in a message.
	 * @param key the key within the group, such as {@code pool.max-per-upstream}
	 * @return the properties to look at
	 */
	public String property(String key) {
		String name = this.settings.name();
		return (name != null) ? "tidepool." + key + " or tidepool.upstreams." + name + "." + key : "tidepool." + key;
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
