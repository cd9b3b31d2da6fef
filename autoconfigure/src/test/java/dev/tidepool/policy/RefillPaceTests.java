package dev.tidepool.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often connections are made that nobody asked for.
 */
class RefillPaceTests {

	// Overflows soon
	private static final long START = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

	@Test
	void permitsAtOnceAtTheStartAndAfterASuccess() {
		RefillPace pace = RefillPace.start(START);
		assertThat(pace.permits(START)).isTrue();
		assertThat(pace.connected(START).permits(START)).isTrue();
	}

	@Test
	void pausesDoubleUpToAMinuteWhileConnectsFail() {
		List<Long> longest = new ArrayList<>();
		List<Long> shortest = new ArrayList<>();
		RefillPace pace = RefillPace.start(START);
		for (int i = 0; i < 40; i++) {
			shortest.add(millis(pace.failed(START, 0).pauseNanos()));
			pace = pace.failed(START, Math.nextDown(1.0));
			longest.add(millis(pace.pauseNanos()));
		}
		assertThat(longest.subList(0, 8)).containsExactly(1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 60000L, 60000L);
		assertThat(shortest.subList(0, 8)).containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
		assertThat(longest.get(39)).isEqualTo(60000);
	}

	@Test
	void permitsWhenThePauseIsOver() {
		RefillPace pace = RefillPace.start(START).failed(START, 0);
		assertThat(pace.permits(after(499))).isFalse();
		assertThat(pace.permits(after(500))).isTrue();
	}

	@Test
	void aConnectionThatIsMadeAndClosedAtOnceIsNoSuccess() {
		RefillPace pace = RefillPace.start(START);
		for (int i = 0; i < 3; i++) {
			pace = pace.connected(START).kept(after(1000)).failed(START, 0);
		}
		assertThat(pace.failures()).isEqualTo(3);
	}

	@Test
	void failuresAreForgottenOnceConnectionsHaveLived() {
		RefillPace pace = RefillPace.start(START).failed(START, 0).failed(START, 0).connected(START);
		assertThat(pace.kept(after(4999)).failures()).isEqualTo(2);
		assertThat(pace.kept(after(5000)).failures()).isZero();
		assertThat(pace.kept(after(5000)).permits(after(5000))).isTrue();
	}

	private static long after(long millis) {
		return START + Duration.ofMillis(millis).toNanos();
	}

	private static long millis(long nanos) {
		return Duration.ofNanos(nanos).toMillis();
	}

}
