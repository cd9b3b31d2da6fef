package dev.tidepool.policy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Durations at the edge.
 */
class DurationsTests {

	@ParameterizedTest(name = "{0} -> {1}")
	@CsvSource({ "PT0S, 0s", "PT2S, 2s", "PT1M, 60s", "PT2M, 2m", "PT1H, 60m", "PT61S, 61s", "PT0.5S, 500ms",
			"PT1.5S, 1500ms", "PT0.001S, 1ms", "PT60.001S, 60001ms", "PT0.000001S, 1000ns", "PT0.000000001S, 1ns",
			"PT1.000000001S, 1000000001ns", "PT-2S, -2s", "PT-0.5S, -500ms", "PT-1.5S, -1500ms",
			"PT-0.000000001S, -1ns" })
	void durationIsShownAsAPropertyIsWritten(Duration duration, String text) {
		assertThat(Durations.display(duration)).isEqualTo(text);
		assertThat(DurationStyle.detectAndParse(text)).isEqualTo(duration);
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MIN_VALUE, Long.MIN_VALUE + 1, -100_000_000_000L, 100_000_000_000L, Long.MAX_VALUE })
	void longestDurationsAreShownToo(long seconds) {
		assertThat(Durations.display(Duration.ofSeconds(seconds))).isEqualTo(seconds + "s");
		assertThat(Durations.display(Duration.ofSeconds(seconds, 1))).isNotEmpty();
		assertThat(Durations.display(Duration.ofSeconds(seconds, 1_000_000))).isNotEmpty();
	}

	@Test
	void conversionIsExactBelowTheLongest() {
		assertThat(Durations.toNanos(Duration.ofNanos(1))).isOne();
		assertThat(Durations.toNanos(Duration.ofMillis(1500))).isEqualTo(1_500_000_000L);
		assertThat(Durations.toNanos(Duration.ofDays(9_999))).isEqualTo(TimeUnit.DAYS.toNanos(9_999));
	}

	@ParameterizedTest
	@ValueSource(longs = { 10_000, 10_001, 200_000, 100_000_000_000_000L })
	void conversionOfTheLongestDoesNotOverflow(long days) {
		assertThat(Durations.toNanos(Duration.ofDays(days))).isEqualTo(TimeUnit.DAYS.toNanos(10_000));
	}

}
