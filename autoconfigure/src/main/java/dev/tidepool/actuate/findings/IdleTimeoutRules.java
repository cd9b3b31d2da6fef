package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.policy.Durations;

/**
 * The upstream's idle time-out is not what was configured.
 */
final class IdleTimeoutRules {

	/**
	 * Once may be chance: a restart just then, or a firewall. Twice the same is not.
	 */
	static final int MIN_MEASURED = 2;

	/**
	 * What was measured is a little too short, by up to the time between two looks.
	 */
	static final double EARLIER = 0.95;

	/**
	 * Less is a margin that someone wanted.
	 */
	static final int MUCH_LONGER = 2;

	static final Duration LONGER_BY = Duration.ofSeconds(5);

	private static final String KEY = "keep-alive.upstream-timeout";

	private IdleTimeoutRules() {
	}

	/**
	 * Requests may be lost whenever nothing was learned yet.
	 */
	static @Nullable Finding earlier(Evidence evidence) {
		return finding(evidence, IdleTimeoutRules::isEarlier, "closes-idle-earlier",
				"%s closes idle connections after %s (measured %d times), but upstream-timeout says %s: set %s to %s");
	}

	/**
	 * Connections are made anew that could have been used again.
	 */
	static @Nullable Finding later(Evidence evidence) {
		return finding(evidence, IdleTimeoutRules::isMuchLater, "closes-idle-later",
				"%s keeps idle connections for %s (measured %d times), but upstream-timeout says %s, so that they are closed here for nothing: set %s to %s");
	}

	private static @Nullable Finding finding(Evidence evidence, BiPredicate<Duration, Duration> fault, String id,
			String sentence) {
		return measured(evidence, fault).map((member) -> {
			Duration timeout = Objects.requireNonNull(member.confirmedTimeout());
			String property = evidence.property(KEY);
			return evidence.finding(id,
					sentence.formatted(evidence.name(member), Text.time(timeout), member.timesMeasured(),
							Durations.display(Objects.requireNonNull(member.configuredTimeout())), property,
							display(timeout)),
					property, display(timeout));
		}).findFirst().orElse(null);
	}

	private static Stream<UpstreamSnapshot> measured(Evidence evidence, BiPredicate<Duration, Duration> fault) {
		return evidence.members()
			.stream()
			.filter((member) -> member.timesMeasured() >= MIN_MEASURED)
			.filter((member) -> member.configuredTimeout() != null && member.confirmedTimeout() != null
					&& fault.test(member.confirmedTimeout(), member.configuredTimeout()))
			// What is set holds for all, so it has to suit the one that closes first
			.sorted(Comparator.comparing((member) -> Objects.requireNonNull(member.confirmedTimeout())));
	}

	private static boolean isEarlier(Duration measured, Duration configured) {
		return measured.toNanos() < configured.toNanos() * EARLIER;
	}

	private static boolean isMuchLater(Duration measured, Duration configured) {
		return measured.compareTo(configured.multipliedBy(MUCH_LONGER)) > 0
				&& measured.compareTo(configured.plus(LONGER_BY)) > 0;
	}

	// What an operator has set there is a round number
	private static String display(Duration measured) {
		long step = (measured.toSeconds() >= 10) ? 1000 : 100;
		return Durations.display(Duration.ofMillis(Math.round((double) measured.toMillis() / step) * step));
	}

}
