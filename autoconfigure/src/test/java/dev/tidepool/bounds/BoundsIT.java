package dev.tidepool.bounds;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.bounds.BoundsFanOut.Answer;
import dev.tidepool.bounds.BoundsFanOut.Load;
import dev.tidepool.bounds.BoundsTime.Stall;
import dev.tidepool.measured.Client;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link BoundsMeasured} shows, as counts.
 */
class BoundsIT {

	@ParameterizedTest
	@EnumSource
	void everyCallEndsByItsTimeoutAndIsSentOnce(Stall stall) throws Exception {
		// Enough for each request to arrive, on a busy machine too
		BoundsTime.Result result = BoundsTime.run(Client.TIDEPOOL, stall, 10, Duration.ofSeconds(1));
		assertThat(result.ended()).isEqualTo(10);
		assertThat(result.requests()).isEqualTo(10);
	}

	@Test
	void callsThatOnlyLookAtTheStatusShareOneConnection() throws Exception {
		assertThat(BoundsUnread.connections(Client.TIDEPOOL, 50, "tidepool.response.drain-max-time=10s")).isOne();
	}

	@Test
	void largeBodyIsGivenUp() throws Exception {
		BoundsUnread.Result result = BoundsUnread.large(Client.TIDEPOOL);
		assertThat(result.givenUp()).isTrue();
		assertThat(result.sent()).isLessThan(BoundsUnread.LARGE);
	}

	@Test
	void fullPoolFailsWithTheNumbersUntilWhatLeakedWasCollected() throws Exception {
		BoundsUnclosed.Result result = BoundsUnclosed.run(Client.TIDEPOOL, Duration.ofSeconds(4),
				Duration.ofSeconds(30));
		assertThat(result.sixth().endedByItself()).isTrue();
		assertThat(result.sixth().failure()).contains("active 5", "tidepool.pool.max-per-upstream");
		assertThat(result.next().failure()).isNull();
		assertThat(result.requests()).isEqualTo(6);
	}

	@Test
	void callersThatWaitForOneUpstreamDoNotKeepOthersFromAnother() throws Exception {
		BoundsPending.Result result = BoundsPending.run(Client.TIDEPOOL, 500, 1, Duration.ofSeconds(1));
		assertThat(result.crowded()).isPositive();
		assertThat(result.admitted()).isLessThanOrEqualTo(BoundsPending.MAX);
	}

	@Test
	void sampleStaysWithinItsBoundsAndRecovers() throws Exception {
		try (BoundsFanOut fanOut = new BoundsFanOut(Client.TIDEPOOL)) {
			Load load = fanOut.run(100, Duration.ofSeconds(3), 5);
			assertThat(load.failed()).isZero();
			// A machine that is busy with the start may answer none in time
			assertThat(load.answers()).extracting(Answer::status).isSubsetOf(200, 503, 504);
			assertThat(load.threads()).isLessThan(450);
			assertThat(load.sockets()).isLessThanOrEqualTo(200);
			assertThat(load.after().isQuiet()).isTrue();
			assertThat(load.recovered()).isLessThan(BoundsFanOut.STALL);
		}
	}

}
