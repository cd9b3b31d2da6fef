package dev.tidepool.keepalive;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.tidepool.measured.Client;
import dev.tidepool.measured.RaceScenario;
import dev.tidepool.measured.RaceScenario.Race;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls against a real nginx that come just when it closes idle connections.
 */
class KeepAliveRaceIT {

	@Test
	void noCallFailsAndNginxNeverClosesFirstWhenCallsComeAtItsTimeout() throws Exception {
		Race race = RaceScenario.run(Client.TIDEPOOL, Duration.ofSeconds(4), Duration.ofSeconds(15));
		assertThat(race.firstFailure()).isNull();
		assertThat(race.results()).allSatisfy((pace, result) -> {
			assertThat(result.posts()).isPositive();
			assertThat(result.failedGets()).isZero();
			assertThat(result.failedPosts()).isZero();
		});
		assertThat(race.connections().closedByServerFirst()).isZero();
		assertThat(race.connections().closedByClientFirst()).isEqualTo(race.connections().opened());
		assertThat(race.mostArrivals()).isOne();
		assertThat(race.reusing()).isGreaterThanOrEqualTo((int) Math.ceil(0.9 * race.reusable()));
	}

}
