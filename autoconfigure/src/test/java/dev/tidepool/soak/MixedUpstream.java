package dev.tidepool.soak;

import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * An upstream, named for what it does beside answering.
 */
enum MixedUpstream implements Share {

	STEADY("localhost", false, Duration.ZERO, 30),

	STEADY_TLS("localhost", true, Duration.ZERO, 15),

	/**
	 * Closes idle connections.
	 */
	IDLE("localhost", false, Duration.ofMillis(1200), 10),

	IDLE_TLS("localhost", true, Duration.ofMillis(1900), 8),

	/**
	 * Ends with all its connections, and comes back at the same port.
	 */
	RESTARTING("localhost", false, Duration.ZERO, 14),

	/**
	 * Ends, and its name leads to another address then.
	 */
	MOVING("moving", false, Duration.ZERO, 12),

	/**
	 * Gets another certificate, with a restart.
	 */
	ROTATING("localhost", true, Duration.ZERO, 11);

	private final String host;

	private final boolean tls;

	private final Duration keepAlive;

	private final int share;

	MixedUpstream(String host, boolean tls, Duration keepAlive, int share) {
		this.host = host;
		this.tls = tls;
		this.keepAlive = keepAlive;
		this.share = share;
	}

	String host() {
		return this.host;
	}

	boolean isTls() {
		return this.tls;
	}

	/**
	 * Idle time after which it closes a connection, zero for never.
	 */
	Duration keepAlive() {
		return this.keepAlive;
	}

	@Override
	public int share() {
		return this.share;
	}

	/**
	 * Whether connections are lost through what its answers do alone.
	 */
	boolean isSteady() {
		return this == STEADY || this == STEADY_TLS;
	}

	/**
	 * Whether there are times at which nobody listens.
	 */
	boolean goesAway() {
		return this == RESTARTING || this == MOVING || this == ROTATING;
	}

	/**
	 * The name of its settings, and the value of its tag.
	 */
	String tag() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	Stream<String> properties(int port) {
		String prefix = "tidepool.upstreams." + tag() + ".";
		String bundle = (this == ROTATING) ? MixedServers.ROTATED : MixedServers.KEPT;
		return Stream.concat(Stream.of(prefix + "hosts=" + this.host + ":" + port),
				this.tls ? Stream.of(prefix + "ssl.bundle=" + bundle) : Stream.empty());
	}

}
