package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PacedCallersTests {

	private static final long LATE = TimeUnit.MILLISECONDS.toNanos(100);

	@Test
	void callsThatASlowOneDelaysAreSlowInTheOpenLoop() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		CountDownLatch never = new CountDownLatch(1);
		PacedCallers callers = new PacedCallers(() -> {
			if (calls.incrementAndGet() == 1) {
				never.await(300, TimeUnit.MILLISECONDS);
			}
			return 0;
		}, 1, 100);
		callers.run(Duration.ofMillis(500));
		assertThat(calls).hasValue(50);
		assertThat(callers.closed().getTotalCount()).isEqualTo(50);
		assertThat(late(callers.closed())).isPositive();
		// Those that were due in the first 200 of the 300 ms
		assertThat(late(callers.open())).isGreaterThanOrEqualTo(20);
	}

	private static long late(Histogram histogram) {
		return histogram.getCountBetweenValues(LATE, Long.MAX_VALUE);
	}

	@Test
	void callThatFailsEndsTheRun() {
		PacedCallers callers = new PacedCallers(() -> {
			throw new IllegalStateException("Refused");
		}, 2, 100);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> callers.run(Duration.ofSeconds(1)))
			.withMessageContaining("Refused");
	}

}
