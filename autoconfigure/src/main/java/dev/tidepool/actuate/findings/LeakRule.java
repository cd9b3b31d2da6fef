package dev.tidepool.actuate.findings;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.CloseReason;

/**
 * Responses were dropped without being closed. Their connections were taken back, but
 * only after the garbage collector had found them.
 */
final class LeakRule implements UpstreamRule {

	/**
	 * Each is a fault in the application for certain; fewer did no harm yet.
	 */
	static final int MIN_LEAKS = 3;

	/**
	 * No call should hold a connection for so long.
	 */
	static final String THRESHOLD = "10s";

	@Override
	public @Nullable Finding check(Evidence evidence) {
		long leaks = evidence.window().closed(CloseReason.LEAK);
		if (leaks < MIN_LEAKS) {
			return null;
		}
		String seen = "%d responses of %s were dropped without being closed, and kept their connections until they were garbage"
			.formatted(leaks, evidence.upstream());
		if (!evidence.leakPlaces().isEmpty()) {
			return evidence.finding("leaks",
					seen + ": close each response that is got at " + String.join(", ", evidence.leakPlaces()));
		}
		String property = evidence.property("pool.leak-detection-threshold");
		return evidence.finding("leaks", seen
				+ ": close each response; set %s to %s to be told where they are got".formatted(property, THRESHOLD),
				property, THRESHOLD);
	}

}
