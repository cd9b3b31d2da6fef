package dev.tidepool.connections;

import java.time.Duration;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.testsupport.Together;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing is configured, the idle time-out is learned, and then no call meets it (FAULTS
 * 1, 2, 3, 7). {@link ConnectionsMeasured} runs the same for minutes.
 */
class LanesIT {

	private static final Duration LEARNING = Duration.ofSeconds(8);

	private static final Duration DURATION = Duration.ofSeconds(10);

	private static final Together<LaneUpstream, LaneScenario.Result> SCENARIOS = new Together<>();

	@BeforeAll
	static void startAll() {
		for (LaneUpstream upstream : LaneUpstream.values()) {
			SCENARIOS.start(upstream, new LaneScenario(upstream, Side.TIDEPOOL, LEARNING, DURATION)::run);
		}
	}

	@ParameterizedTest
	@EnumSource
	void noCallMeetsTheTimeoutOnceItIsLearned(LaneUpstream upstream) throws Exception {
		LaneScenario.Result result = SCENARIOS.result(upstream);
		assertThat(result.learning().failedGets()).isZero();
		assertThat(result.after().gets()).isGreaterThan(24);
		assertThat(result.after().posts()).isGreaterThan(24);
		assertThat(result.after().failed()).as("failed calls, of which the last: %s", result.after().lastFailure())
			.isZero();
		assertThat(result.after().metByCaller()).isZero();
		// Before, it was nearly each; a busy machine closes some too late
		int calls = result.after().gets() + result.after().posts();
		assertThat(result.after().peerClosed()).isLessThanOrEqualTo(calls / 10);
		assertThat(result.learned()).isCloseTo(upstream.timeout(), Duration.ofSeconds(1));
	}

	@ParameterizedTest
	@EnumSource
	void connectionIsReusedAtHalfTheTimeout(LaneUpstream upstream) throws Exception {
		assertThat(SCENARIOS.result(upstream).half().reused()).isGreaterThanOrEqualTo(0.9);
	}

}
