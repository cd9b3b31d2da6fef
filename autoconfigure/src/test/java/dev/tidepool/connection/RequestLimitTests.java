package dev.tidepool.connection;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.SimulatedCallers.Closing;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestLimit}, and for what is learned of limits, with simulated
 * upstreams of which only the test knows when they close.
 */
class RequestLimitTests {

	/**
	 * Of each kind that closes at random.
	 */
	private static final int SEEDS = Integer.getInteger("tidepool.simulated-upstreams", 5);

	private static final int CALLS = Integer.getInteger("tidepool.simulated-calls", 3000);

	private static final long MINUTE = 60_000;

	@ParameterizedTest
	@CsvSource({ "1, 20", "8, 20", "8, 200", "100, 1000" })
	void upstreamThatClosesAtRandomIsNotTakenForOneWithALimit(int lanes, int callMillis) {
		for (double share : new double[] { 0.01, 0.05, 0.2, 0.5 }) {
			assertThat(deceived(lanes, callMillis, Closing.random(share))).as("closes with %s", share).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "1, 20", "8, 20", "8, 200", "100, 1000" })
	void instancesThatCloseAtRandomEachInItsWayAreNotTakenForALimit(int lanes, int callMillis) {
		assertThat(deceived(lanes, callMillis, Closing.random(0.5), Closing.random(0.01))).isZero();
		assertThat(deceived(lanes, callMillis, Closing.random(0.2), Closing.random(0.5), Closing.random(0))).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void limitThatNotAllInstancesHaveDoesNotLast(boolean learned) {
		for (int seed = 0; seed < 5; seed++) {
			SimulatedCallers callers = new SimulatedCallers(seed, 30, Closing.limit(20), Closing.random(0));
			if (learned) {
				callers.deceive(20);
			}
			callers.come(8, 200, 10 * MINUTE);
			assertThat(callers.learned()).isIn(List.of(), List.of(20, 0));
			assertThat(callers.learned()).hasSizeGreaterThanOrEqualTo(learned ? 2 : 0);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 200, 1000 })
	void restartsAreNotTakenForALimit(int callMillis) {
		for (int seed = 0; seed < SEEDS; seed++) {
			SimulatedCallers callers = new SimulatedCallers(seed, 30, Closing.random(0));
			for (int restart = 1; restart < 20; restart++) {
				callers.withRestart(restart * 10L * callMillis);
			}
			assertThat(callers.come(50, callMillis, 200L * callMillis).learned()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 1000 })
	void limitThatIsAnnouncedCostsNothingAndNeedNotBeLearned(int limit) {
		SimulatedCallers callers = new SimulatedCallers(1, 30, Closing.announced(limit)).come(8, 10, MINUTE);
		assertThat(callers.learned()).isEmpty();
		assertThat(callers.lostGets() + callers.lostPosts()).isZero();
		assertThat(callers.made()).isLessThanOrEqualTo(callers.calls() / limit + 8);
	}

	@ParameterizedTest
	@CsvSource({ "1, 20", "2, 15", "5, 10", "10, 10", "100, 8", "1000, 8" })
	void trueLimitIsLearnedAndHoldsForGood(int limit, int mostLostPosts) {
		for (int lanes : new int[] { 1, 8 }) {
			for (int seed = 0; seed < 3; seed++) {
				SimulatedCallers callers = new SimulatedCallers(seed, 30, Closing.limit(limit)).come(lanes, 40,
						3 * MINUTE + limit * 200L);
				assertThat(callers.learned()).containsExactly(limit);
				assertThat(callers.lostPosts()).isLessThanOrEqualTo(mostLostPosts);
				assertThat(callers.lostPostsDespiteLimit()).isZero();
				assertThat(callers.made())
					.isLessThanOrEqualTo(callers.calls() / Math.max(1, limit - 1) + 3 * mostLostPosts);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 6, 50 })
	void limitThatWasLearnedInErrorIsGivenUp(int limit) {
		SimulatedCallers callers = new SimulatedCallers(1, 50, Closing.random(0));
		callers.deceive(limit);
		assertThat(callers.upstream().estimate().maxRequests()).isEqualTo(limit);
		callers.come(8, 40, 4 * MINUTE);
		assertThat(callers.learned()).containsExactly(limit, 0);
		assertThat(callers.upstream().maxRequests()).isEqualTo(Integer.MAX_VALUE);
	}

	@Test
	void limitIsLearnedOfAnUpstreamThatGotItByARestart() {
		SimulatedCallers callers = new SimulatedCallers(1, 30, Closing.random(0.02)).come(8, 40, MINUTE);
		assertThat(callers.learned()).isEmpty();
		callers.becomes(Closing.limit(50));
		callers.withRestart(1).come(8, 40, MINUTE);
		assertThat(callers.learned()).containsExactly(50);
	}

	@Test
	void onlyOneConnectionAtATimeTriesALimitOut() {
		RequestLimit limit = new RequestLimit(0, true);
		limit.learned(10, 5);
		assertThat(limit.max()).isEqualTo(9);
		assertThat(limit.isTried(9, false, 4 + RequestLimit.TRIED_EVERY)).isFalse();
		assertThat(limit.isTried(9, false, 5 + RequestLimit.TRIED_EVERY)).isTrue();
		assertThat(limit.isTried(9, false, 6 + RequestLimit.TRIED_EVERY)).isFalse();
		assertThat(limit.isTried(9, true, 6 + RequestLimit.TRIED_EVERY)).isTrue();
	}

	@Test
	void limitThatIsConfiguredIsNotTriedOut() {
		RequestLimit limit = new RequestLimit(10, true);
		limit.learned(50, 0);
		assertThat(limit.max()).isEqualTo(10);
		assertThat(limit.isTried(10, false, 2 * RequestLimit.TRIED_EVERY)).isFalse();
	}

	@Test
	void limitIsNotTriedOutWhereNothingIsRepeated() {
		RequestLimit limit = new RequestLimit(0, false);
		limit.learned(50, 0);
		assertThat(limit.isTried(49, false, 2 * RequestLimit.TRIED_EVERY)).isFalse();
	}

	@Test
	void whetherTheNextRequestMayBeLostIsOnlyKnownOfALearnedLimit() {
		RequestLimit limit = new RequestLimit(10, true);
		assertThat(limit.isReachedBy(10)).isFalse();
		limit.learned(50, 0);
		assertThat(limit.isReachedBy(49)).isFalse();
		assertThat(limit.isReachedBy(50)).isTrue();
	}

	private static long deceived(int lanes, int callMillis, Closing... instances) {
		return IntStream.range(0, SEEDS)
			.mapToObj((seed) -> new SimulatedCallers(seed, 30, instances).come(lanes, callMillis,
					CALLS * (callMillis + 2L) / lanes))
			.filter((callers) -> !callers.learned().isEmpty())
			.count();
	}

}
