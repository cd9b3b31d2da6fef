package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.Latencies;

/**
 * A part of making connections takes longer than it should.
 *
 * @param phase the part
 * @param slow how long half of them may take
 * @param id the kind of finding
 * @param what what takes so long
 * @param cure what to do
 */
record SlowConnectRule(ConnectPhase phase, Duration slow, String id, String what, String cure) implements UpstreamRule {

	/**
	 * A median of fewer says nothing.
	 */
	static final int MIN_CONNECTS = 10;

	/**
	 * In which it has to be slow: at the start of an application all of them come at
	 * once, with code that is not compiled yet.
	 */
	static final int MIN_INTERVALS = 2;

	/**
	 * A resolver near by answers within some milliseconds, from its cache or not.
	 */
	static final Duration SLOW_DNS = Duration.ofMillis(100);

	/**
	 * Two round trips to another continent and a slow signature are less.
	 */
	static final Duration SLOW_TLS = Duration.ofMillis(500);

	static SlowConnectRule dns() {
		return new SlowConnectRule(ConnectPhase.DNS, SLOW_DNS, "dns-slow", "Resolving",
				"use a caching resolver near by, and look for search domains that are tried first");
	}

	static SlowConnectRule tls() {
		return new SlowConnectRule(ConnectPhase.TLS, SLOW_TLS, "tls-slow", "The TLS handshake with",
				"look at the upstream's processor load, at the length of its certificate chain and at the way there");
	}

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Latencies times = times(evidence.window());
		Duration median = times.quantile(0.5);
		if (times.count() < MIN_CONNECTS || !isSlow(times)
				|| evidence.window()
					.intervals()
					.stream()
					.filter((each) -> isSlow(times(each)))
					.count() < MIN_INTERVALS) {
			return null;
		}
		return evidence.finding(this.id, "%s %s takes %s (median of %d): %s".formatted(this.what, evidence.upstream(),
				Text.time(median), times.count(), this.cure));
	}

	private Latencies times(Window window) {
		return window.latencies((stats) -> Objects.requireNonNull(stats.connect().get(this.phase)));
	}

	private boolean isSlow(Latencies times) {
		return times.quantile(0.5).compareTo(this.slow) > 0;
	}

}
