package dev.tidepool.connections;

import java.time.Duration;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.Together;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A canary measures the idle time-out of its upstream. {@link ConnectionsMeasured} does
 * the same for longer ones.
 */
class CanaryIT {

	private static final Together<Integer, CanaryScenario.Result> SCENARIOS = new Together<>();

	@BeforeAll
	static void startAll() {
		for (int seconds : new int[] { 2, 5 }) {
			SCENARIOS.start(seconds, new CanaryScenario(Duration.ofSeconds(seconds))::run);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 5 })
	void idleTimeoutIsMeasuredAndMostOfItIsTrusted(int seconds) throws Exception {
		CanaryScenario.Result result = SCENARIOS.result(seconds);
		assertThat(result.learned()).isCloseTo(Duration.ofSeconds(seconds), Duration.ofSeconds(1));
		assertThat(result.trusted()).isGreaterThan(result.learned().multipliedBy(7).dividedBy(10))
			.isLessThan(Duration.ofSeconds(seconds));
	}

}
