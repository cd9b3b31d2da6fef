package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class DisturbanceTests {

	private static final Duration OFTEN = Duration.ofMillis(1);

	@Test
	void whatGoesOnIsSeen() throws Exception {
		CountDownLatch twice = new CountDownLatch(2);
		try (Disturbance disturbance = Disturbance.each(OFTEN, twice::countDown, () -> 2 - twice.getCount())) {
			twice.await();
			disturbance.check();
		}
		try (Disturbance none = Disturbance.none()) {
			none.check();
		}
	}

	@Test
	void whatNothingComesOfIsNoticed() {
		AtomicLong seen = new AtomicLong();
		try (Disturbance disturbance = Disturbance.seenBy(seen::get)) {
			assertThatIllegalStateException().isThrownBy(disturbance::check)
				.withMessage("Nothing went on beside the calls");
		}
	}

	@Test
	void whatFailsIsNoticed() throws Exception {
		UnsupportedOperationException failure = new UnsupportedOperationException();
		try (Disturbance disturbance = Disturbance.each(OFTEN, () -> {
			throw failure;
		}, () -> 1)) {
			Settled.await(() -> {
				try {
					disturbance.check();
					return "It goes on";
				}
				catch (IllegalStateException ex) {
					return (ex.getCause() == failure) ? null : ex.toString();
				}
				catch (InterruptedException ex) {
					return ex.toString();
				}
			});
		}
	}

}
