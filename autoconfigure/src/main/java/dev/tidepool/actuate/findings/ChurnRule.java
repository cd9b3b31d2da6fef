package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.policy.Durations;

/**
 * Connections are closed here before they could be used again, all the time and in
 * number.
 */
final class ChurnRule implements UpstreamRule {

	/**
	 * To one address. Fewer in five minutes cost nothing: an upstream that is called now
	 * and then has to connect anew each time.
	 */
	static final int MIN_CLOSED = 100;

	/**
	 * Of all calls. Below, most calls do find a connection.
	 */
	static final double MIN_SHARE = 0.5;

	/**
	 * Of the intervals. Something that runs once a minute, with many calls at once, may
	 * as well connect.
	 */
	static final double MIN_INTERVALS = 0.5;

	static final Duration MIN_TIME = Duration.ofMinutes(1);

	private static final String ID = "connections-churn";

	@Override
	public @Nullable Finding check(Evidence evidence) {
		if (evidence.window().length().compareTo(MIN_TIME) < 0) {
			return null;
		}
		// With min-idle, new ones are ready by the time that the old ones are closed
		if (evidence.settings().pool().minIdle() == 0 && isChurn(evidence, CloseReason.IDLE)) {
			return idle(evidence);
		}
		if (isChurn(evidence, CloseReason.SHRINK)) {
			return finding(evidence, CloseReason.SHRINK, "to make room for others", "tidepool.pool.max-total",
					evidence.maxTotal());
		}
		if (isChurn(evidence, CloseReason.LIFETIME)) {
			return finding(evidence, CloseReason.LIFETIME, "at the end of their lifetime",
					evidence.property("pool.max-lifetime"),
					Durations.display(evidence.settings().pool().maxLifetime()));
		}
		int maxRequests = evidence.settings().keepAlive().maxRequests();
		// Else it is the upstream's limit, for which there is a rule
		if (maxRequests > 0 && isChurn(evidence, CloseReason.REQUESTS)) {
			return finding(evidence, CloseReason.REQUESTS, "at the end of their requests",
					evidence.property("keep-alive.max-requests"), maxRequests);
		}
		return null;
	}

	private static boolean isChurn(Evidence evidence, CloseReason reason) {
		Window window = evidence.window();
		long closed = window.closed(reason);
		if (closed < (long) MIN_CLOSED * evidence.addresses() || closed < MIN_SHARE * window.calls()) {
			return false;
		}
		List<Window> intervals = window.intervals();
		return intervals.stream().filter((interval) -> interval.closed(reason) > 0).count() >= MIN_INTERVALS
				* intervals.size();
	}

	private static Finding idle(Evidence evidence) {
		Duration trusted = evidence.members()
			.stream()
			.map(UpstreamSnapshot::trusted)
			.min(Duration::compareTo)
			.orElse(Duration.ZERO);
		String seen = seen(evidence, CloseReason.IDLE,
				"after they had been idle for the %s that they are trusted".formatted(Text.time(trusted)));
		boolean measured = evidence.members().stream().anyMatch((member) -> member.timesMeasured() > 0);
		if (measured) {
			return evidence.finding(ID, seen + ": have the upstream keep idle connections for longer");
		}
		String property = evidence.property("keep-alive.upstream-timeout");
		return evidence.finding(ID, "%s: set %s to the idle time-out that the upstream has".formatted(seen, property),
				property, null);
	}

	private static Finding finding(Evidence evidence, CloseReason reason, String why, String property, Object value) {
		return evidence.finding(ID, "%s: raise %s (%s)".formatted(seen(evidence, reason, why), property, value),
				property, null);
	}

	private static String seen(Evidence evidence, CloseReason reason, String why) {
		return "%d connections to %s were closed %s, during %d calls".formatted(evidence.window().closed(reason),
				evidence.upstream(), why, evidence.window().calls());
	}

}
