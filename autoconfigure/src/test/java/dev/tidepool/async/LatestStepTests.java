package dev.tidepool.async;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LatestStep}.
 */
class LatestStepTests {

	private final LatestStep step = new LatestStep();

	private final AtomicInteger firstCancels = new AtomicInteger();

	private final AtomicInteger nextCancels = new AtomicInteger();

	@Test
	void stepThatHasEndedIsNotTakenForTheOneThatFollowedIt() {
		begins(false, this.nextCancels);
		begins(true, this.firstCancels);
		this.step.cancel();
		assertThat(this.firstCancels).hasValue(0);
		assertThat(this.nextCancels).hasValue(1);
	}

	@Test
	void stepThatFollowsACancelIsCancelledAtOnce() {
		this.step.cancel();
		begins(false, this.nextCancels);
		assertThat(this.nextCancels).hasValue(1);
	}

	private void begins(boolean ended, AtomicInteger cancels) {
		Step step = new Step() {

			@Override
			public boolean cancel() {
				return cancels.incrementAndGet() == 1;
			}

		};
		assertThat(!ended || step.ends()).isTrue();
		this.step.begins(step);
	}

}
