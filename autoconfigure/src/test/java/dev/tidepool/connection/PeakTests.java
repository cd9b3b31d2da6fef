package dev.tidepool.connection;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Peak}.
 */
class PeakTests {

	private final Peak peak = new Peak();

	@Test
	void whoPassesFirstAndNotesItLastHidesNobody() {
		this.peak.note(2);
		this.peak.note(1);
		assertThat(this.peak.take(0)).isEqualTo(2);
	}

	@Test
	void eachBeginsAnew() {
		this.peak.note(5);
		assertThat(this.peak.take(3)).isEqualTo(5);
		assertThat(this.peak.take(3)).isEqualTo(3);
		assertThat(this.peak.take(0)).isZero();
	}

	@Test
	void largestOfManyAtOnceIsKept() throws Exception {
		for (int round = 0; round < 50; round++) {
			Together.run(4, (thread) -> () -> {
				for (int i = 1; i <= 25; i++) {
					this.peak.note(4 * i + thread);
				}
				return null;
			});
			assertThat(this.peak.take(0)).isEqualTo(103);
		}
	}

}
