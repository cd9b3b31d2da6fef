package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.Durations;

/**
 * Responses are closed with so much left of them that their connections are given up.
 */
final class UnreadResponsesRule implements UpstreamRule {

	/**
	 * Fewer are an aborted download now and then.
	 */
	static final int MIN_RESPONSES = 20;

	/**
	 * Of all calls. Below, new connections instead of them are not felt.
	 */
	static final double MIN_SHARE = 0.05;

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		long unread = window.count(StatsSnapshot::drains, DrainOutcome.GIVEN_UP);
		long calls = window.calls();
		if (unread < MIN_RESPONSES || unread < MIN_SHARE * calls) {
			return null;
		}
		DrainSettings drain = evidence.settings().drain();
		String property = evidence.property("response.drain-max-size");
		return evidence.finding("responses-unread",
				"%s of the responses of %s (%d) were closed with more left unread than drain-max-size (%d KiB) or drain-max-time (%s) allow, which costs their connections: read them to the end, or raise %s"
					.formatted(Text.share(unread, calls), evidence.upstream(), unread, drain.maxSize() / 1024,
							Durations.display(drain.maxTime()), property),
				property, null);
	}

}
