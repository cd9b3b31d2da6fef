package dev.tidepool.connections;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A restart teaches nothing of time-outs, and costs no call that need not fail (FAULTS
 * 20).
 */
class RestartIT {

	@Test
	void restartFailsOnlyWhatIsRefusedAndTeachesNothing() throws Exception {
		RestartScenario.Result result = RestartScenario.run();
		assertThat(result.idle()).isGreaterThanOrEqualTo(150);
		assertThat(result.failedOtherwise()).as("%s", result.failure()).isZero();
		assertThat(result.learnedBefore()).isCloseTo(RestartScenario.TIMEOUT, Duration.ofSeconds(1));
		// No connection that was trusted had been idle for that long
		assertThat(result.change()).isLessThan(RestartScenario.TIMEOUT.dividedBy(5));
		assertThat(result.limitAfter()).isZero();
	}

}
