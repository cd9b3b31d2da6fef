package dev.tidepool.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Latencies} and {@link LatencyHistogram}.
 */
class LatenciesTests {

	private final LatencyHistogram histogram = new LatencyHistogram();

	@Test
	void nothingIsZero() {
		assertThat(Latencies.NONE.count()).isZero();
		assertThat(Latencies.NONE.mean()).isZero();
		assertThat(Latencies.NONE.quantile(0.99)).isZero();
		assertThat(Latencies.NONE.countAbove(Duration.ZERO)).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1_025, 5_000, 99_999, 1_000_000, 7_777_777, 1_000_000_000, 99_000_000_000L })
	void quantileIsAtMostAQuarterTooLong(long nanos) {
		this.histogram.record(nanos);
		assertThat(this.histogram.snapshot().quantile(0.5).toNanos()).isBetween(nanos, nanos + nanos / 4 + 1);
	}

	@Test
	void bucketsFollowEachOtherWithoutAGap() {
		int last = 0;
		for (long nanos = 0; nanos < TimeUnit.MILLISECONDS.toNanos(1); nanos += 16) {
			int bucket = Latencies.bucket(nanos);
			assertThat(bucket).isBetween(last, last + 1);
			last = bucket;
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MIN_VALUE, -1, 0, Long.MAX_VALUE })
	void whatCannotBeIsCountedToo(long nanos) {
		this.histogram.record(nanos);
		assertThat(this.histogram.snapshot().count()).isOne();
	}

	@Test
	void quantilesSplitFastFromSlow() {
		for (int i = 0; i < 98; i++) {
			this.histogram.record(TimeUnit.MICROSECONDS.toNanos(100));
		}
		this.histogram.record(TimeUnit.SECONDS.toNanos(1));
		this.histogram.record(TimeUnit.SECONDS.toNanos(1));
		Latencies latencies = this.histogram.snapshot();
		assertThat(latencies.quantile(0.98)).isLessThan(Duration.ofMillis(1));
		assertThat(latencies.quantile(0.99)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
		assertThat(latencies.countAbove(Duration.ofMillis(10))).isEqualTo(2);
		assertThat(latencies.mean()).isEqualTo(Duration.ofNanos((98 * 100_000L + 2_000_000_000L) / 100));
	}

	@Test
	void sinceIsWhatWasAdded() {
		this.histogram.record(2_000);
		Latencies before = this.histogram.snapshot();
		assertThat(this.histogram.snapshot()).isSameAs(before);
		this.histogram.record(1_000_000);
		Latencies added = this.histogram.snapshot().since(before);
		assertThat(added.count()).isOne();
		assertThat(added.total()).isEqualTo(Duration.ofMillis(1));
		assertThat(added.quantile(0)).isGreaterThanOrEqualTo(Duration.ofMillis(1));
	}

	@Test
	void countsFromManyThreads() throws Exception {
		Together.run(4, (thread) -> () -> {
			for (int i = 0; i < 10_000; i++) {
				this.histogram.record(i);
			}
			return thread;
		});
		assertThat(this.histogram.snapshot().count()).isEqualTo(40_000);
	}

}
