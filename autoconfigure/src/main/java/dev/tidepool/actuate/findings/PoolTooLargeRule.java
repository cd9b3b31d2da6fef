package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.tidepool.actuate.findings.Window.Sample;

/**
 * Far more connections are held open than were ever in use. A high limit alone is no
 * fault, nor are connections that age out after a burst.
 */
final class PoolTooLargeRule implements UpstreamRule {

	/**
	 * What is open after a burst has aged out by then, unless it is trusted for longer.
	 */
	static final Duration WHOLE_TIME = Duration.ofMinutes(4);

	/**
	 * As many cost neither side anything worth a word.
	 */
	static final int MANY = 20;

	/**
	 * What a careful operator keeps for a day that is busier than this one.
	 */
	static final int TIMES_PEAK = 5;

	/**
	 * The peak, times this, is what is suggested.
	 */
	static final int RESERVE = 2;

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		if (window.length().compareTo(WHOLE_TIME) < 0) {
			return null;
		}
		// The first may be from before the first connection, and its peak is from before
		List<Sample> samples = window.samples().subList(1, window.samples().size());
		int open = samples.stream().mapToInt(Sample::open).min().orElse(0);
		long peak = samples.stream().mapToLong(Sample::peak).max().orElse(0);
		if (open <= MANY || open <= TIMES_PEAK * peak || window.calls() == 0) {
			return null;
		}
		long suggestion = Math.max(1, (long) Math.ceil((double) RESERVE * peak / evidence.addresses()));
		boolean keptReady = evidence.settings().pool().minIdle() > suggestion;
		if (!keptReady && mayBeLeftOfABurst(evidence)) {
			return null;
		}
		String property = evidence.property(keptReady ? "pool.min-idle" : "pool.max-per-upstream");
		return evidence.finding("pool-too-large",
				"%s had never fewer than %d connections open in %s, and never more than %d in use: lower %s to %d"
					.formatted(evidence.upstream(), open, Text.minutes(window.length()), peak, property, suggestion),
				property, suggestion);
	}

	private static boolean mayBeLeftOfABurst(Evidence evidence) {
		return evidence.members().stream().anyMatch((member) -> member.trusted().compareTo(WHOLE_TIME) >= 0);
	}

}
