package dev.tidepool.policy;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * For how long an idle connection is trusted.
 *
 * @param upstreamTimeout the upstream's own idle time-out, or {@code null} when nobody
 * said
 * @param margin how much earlier than the upstream we close, or {@code null} to derive it
 * @param honorHeader whether the {@code Keep-Alive} response header is believed
 * @param learn whether the upstream's time-out and request limit are learned
 * @param maxRequests requests after which a connection is closed, or 0 for no limit
 */
public record KeepAliveSettings(@Nullable Duration upstreamTimeout, @Nullable Duration margin, boolean honorHeader,
		boolean learn, int maxRequests) {

	public static final KeepAliveSettings DEFAULTS = new KeepAliveSettings(null, null, true, true, 0);

	public KeepAliveSettings {
		if (upstreamTimeout != null) {
			Durations.requirePositive("upstream-timeout", upstreamTimeout);
		}
		if (margin != null) {
			Durations.requireNotNegative("margin", margin);
		}
		InvalidSettingException.require("max-requests", maxRequests, (max) -> max >= 0, "must not be negative",
				"Set the number of requests after which a connection is closed, or leave it unset.");
		if (upstreamTimeout != null && margin != null && margin.compareTo(upstreamTimeout) >= 0) {
			throw new InvalidSettingException("margin", Durations.display(margin),
					"is not shorter than upstream-timeout, which is " + Durations.display(upstreamTimeout)
							+ ", so that no connection could ever be kept",
					"Set a shorter margin, or leave it unset: it is then a quarter of the time-out, 1s at most.");
		}
	}

}
