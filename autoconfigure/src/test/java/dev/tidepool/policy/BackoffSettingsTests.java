package dev.tidepool.policy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pause before a repeat.
 */
class BackoffSettingsTests {

	// The greatest number below 1
	private static final double ALMOST_ONE = Math.nextDown(1.0);

	@ParameterizedTest(name = "initial {0}, multiplier {1}, max {2}, repeat {3} -> up to {4} ms")
	@CsvSource({ "PT0.05S, 2, PT1S, 1, 50", "PT0.05S, 2, PT1S, 2, 100", "PT0.05S, 2, PT1S, 3, 200",
			"PT0.05S, 2, PT1S, 5, 800", "PT0.05S, 2, PT1S, 6, 1000", "PT0.05S, 2, PT1S, 7, 1000",
			"PT0.05S, 2, PT1S, 2147483647, 1000", "PT0.1S, 1, PT1S, 1, 100", "PT0.1S, 1, PT1S, 1000, 100",
			"PT0.1S, 1.5, PT1S, 2, 150", "PT0.1S, 1.5, PT1S, 3, 225", "PT0.1S, 1e300, PT1S, 3, 1000",
			"PT0.1S, 10, PT0.1S, 5, 100" })
	void boundGrowsUpToItsMaximum(Duration initial, double multiplier, Duration max, int repeat, long millis) {
		BackoffSettings backoff = new BackoffSettings(initial, multiplier, max);
		long bound = TimeUnit.MILLISECONDS.toNanos(millis);
		assertThat(backoff.delayNanos(repeat, ALMOST_ONE)).isBetween(bound - 1, bound);
		assertThat(backoff.delayNanos(repeat, 0.5)).isEqualTo(bound / 2);
		assertThat(backoff.delayNanos(repeat, 0.25)).isEqualTo(bound / 4);
		assertThat(backoff.delayNanos(repeat, 0)).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 100, 1023, 1024, 1025, Integer.MAX_VALUE })
	void longestSettingsDoNotOverflow(int repeat) {
		Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
		BackoffSettings backoff = new BackoffSettings(longest, Double.MAX_VALUE, longest);
		assertThat(backoff.delayNanos(repeat, ALMOST_ONE)).isBetween(1L, TimeUnit.DAYS.toNanos(10_000));
	}

	@Test
	void shortestPauseIsNotNegative() {
		BackoffSettings backoff = new BackoffSettings(Duration.ofNanos(1), 1, Duration.ofNanos(1));
		assertThat(backoff.delayNanos(1, ALMOST_ONE)).isBetween(0L, 1L);
	}

}
