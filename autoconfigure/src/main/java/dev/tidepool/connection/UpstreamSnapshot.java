package dev.tidepool.connection;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.KeepAliveSource;

/**
 * What is believed of an upstream's connections at one moment.
 *
 * @param name the name to show
 * @param key what it is
 * @param configuredTimeout the idle time-out that was configured, or {@code null}
 * @param learnedTimeout the one that was learned, or {@code null}
 * @param confirmedTimeout the one that was learned without what is only suspected, or
 * {@code null}
 * @param timesMeasured how many closes agreed on that
 * @param trusted how long an idle connection is trusted, as the last Keep-Alive header
 * has it
 * @param learnedMaxRequests the requests after which the upstream closes, or 0
 * @param announcedTimeout the idle time-out that its last Keep-Alive header said, or
 * {@code null}
 * @param limit the idle time-out to reckon with: what is trusted, and the margin
 * @param source where that comes from
 */
public record UpstreamSnapshot(String name, UpstreamKey key, @Nullable Duration configuredTimeout,
		@Nullable Duration learnedTimeout, @Nullable Duration confirmedTimeout, int timesMeasured, Duration trusted,
		int learnedMaxRequests, @Nullable Duration announcedTimeout, Duration limit, KeepAliveSource source) {

	/**
	 * How much earlier than configured the upstream really closes idle connections.
	 * @return the difference, negative if it keeps them for longer; {@code null} unless
	 * both are known
	 */
	public @Nullable Duration closesEarlierBy() {
		return (this.configuredTimeout != null && this.learnedTimeout != null)
				? this.configuredTimeout.minus(this.learnedTimeout) : null;
	}

}
