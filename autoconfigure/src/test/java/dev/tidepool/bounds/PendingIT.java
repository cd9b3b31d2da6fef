package dev.tidepool.bounds;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers that are pending on one upstream leave the others alone.
 * {@link PendingScenario} with ten times as many tells what they cost.
 */
class PendingIT {

	@Test
	void callsOfOtherUpstreamsGoOnWhileManyArePending() throws Exception {
		PendingScenario.Result result = new PendingScenario(500, 1, Duration.ofMillis(300)).run();
		assertThat(result.failed()).isZero();
		assertThat(result.without().callsPerSecond()).isPositive();
		assertThat(result.with().callsPerSecond()).isPositive();
	}

}
