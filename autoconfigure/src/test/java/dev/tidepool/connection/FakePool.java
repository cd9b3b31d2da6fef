package dev.tidepool.connection;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PeerClose;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * Upstreams and their connections on a clock that a test moves, with no network and no
 * pool around them.
 */
final class FakePool {

	private volatile long now;

	private final Upstreams upstreams;

	FakePool() {
		this(KeepAliveSettings.DEFAULTS);
	}

	FakePool(KeepAliveSettings keepAlive) {
		this(keepAlive, Duration.ofMinutes(10));
	}

	FakePool(KeepAliveSettings keepAlive, Duration maxLifetime) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		PoolSettings pool = new PoolSettings(defaults.pool().maxPerUpstream(), defaults.pool().maxPending(),
				defaults.pool().acquireTimeout(), maxLifetime, 0, null);
		// Somewhere on its way, and overflowing soon
		this.now = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
		this.upstreams = new Upstreams(new UpstreamCatalog(
				new UpstreamSettings(null, pool, keepAlive, defaults.timeout(), defaults.retry(), defaults.drain(),
						ResponseLimits.DEFAULTS, defaults.redirect(), defaults.proxy(), defaults.sslBundle()),
				Map.of()), 1000, () -> this.now);
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	Upstream upstream() {
		return upstream("orders");
	}

	Upstream upstream(String host) {
		return this.upstreams.get(new UpstreamKey("http", host, 80, null));
	}

	long now() {
		return this.now;
	}

	long pass(long millis) {
		this.now += Duration.ofMillis(millis).toNanos();
		return this.now;
	}

	ConnectionRecord connect(FakeProbe probe) {
		return connect(upstream(), probe, null);
	}

	ConnectionRecord connect(Upstream upstream, FakeProbe probe, @Nullable TlsGeneration tls) {
		return upstream.connected(probe, tls, this.now);
	}

	/**
	 * A connection that has served requests and gone back to the pool.
	 * @param probe the connection
	 * @param requests how many it has served
	 * @return its record
	 */
	ConnectionRecord idle(FakeProbe probe, int requests) {
		return idle(upstream(), probe, requests);
	}

	ConnectionRecord idle(Upstream upstream, FakeProbe probe, int requests) {
		ConnectionRecord connection = connect(upstream, probe, null);
		for (int i = 0; i < requests; i++) {
			serve(connection);
		}
		goBack(connection);
		return connection;
	}

	void serve(ConnectionRecord connection) {
		connection.requestStarts();
		connection.responseStarts();
		connection.trust(connection.upstream().trustedNanos(-1));
	}

	boolean goBack(ConnectionRecord connection) {
		boolean mayGoBack = connection.mayGoBack(this.now);
		if (mayGoBack) {
			connection.idle();
		}
		return mayGoBack;
	}

	boolean lease(ConnectionRecord connection) {
		return connection.lease(this.now, false);
	}

	/**
	 * Have an upstream known to close idle connections after a time.
	 * @param upstream the upstream
	 * @param millis the time
	 */
	void learnTimeout(Upstream upstream, long millis) {
		long idle = Duration.ofMillis(millis).toNanos();
		upstream.learn(new PeerClose(true, idle, idle, 1), this.now);
		judge(upstream);
	}

	void judge(Upstream upstream) {
		upstream.judge(pass(1500));
	}

}
