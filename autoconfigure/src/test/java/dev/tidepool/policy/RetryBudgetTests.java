package dev.tidepool.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The budget of repeats, on a clock of the test's own.
 */
class RetryBudgetTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private long now = 1000;

	@ParameterizedTest(name = "ratio {0}, min-per-second {1} -> {2}")
	@CsvSource({ "0.2, 10, 100", "0.2, 1, 10", "0.2, 0, 10", "1, 0, 10", "0.2, 2, 20", "0, 10, 100", "0, 1, 10",
			"0, 0, 0" })
	void isFullAtStart(double ratio, int minPerSecond, int capacity) {
		RetryBudget budget = budget(ratio, minPerSecond);
		assertThat(budget.left(this.now)).isEqualTo(capacity);
		assertThat(takeAll(budget)).isEqualTo(capacity);
		assertThat(budget.left(this.now)).isZero();
	}

	@Test
	void eachCallAddsItsShare() {
		RetryBudget budget = emptied(0.2, 0);
		call(budget, 4);
		assertThat(budget.tryTake(this.now)).isFalse();
		call(budget, 1);
		assertThat(budget.left(this.now)).isOne();
		assertThat(budget.tryTake(this.now)).isTrue();
		assertThat(budget.tryTake(this.now)).isFalse();
	}

	@Test
	void eachSecondAddsTheMinimum() {
		RetryBudget budget = emptied(0, 10);
		this.now += SECOND / 10 - 1;
		assertThat(budget.tryTake(this.now)).isFalse();
		this.now += 1;
		assertThat(budget.tryTake(this.now)).isTrue();
		assertThat(budget.tryTake(this.now)).isFalse();
		this.now += SECOND;
		assertThat(takeAll(budget)).isEqualTo(10);
	}

	@Test
	void callsAndSecondsAddUp() {
		RetryBudget budget = emptied(0.5, 2);
		call(budget, 4);
		this.now += 3 * SECOND;
		assertThat(budget.left(this.now)).isEqualTo(2 + 6);
	}

	@ParameterizedTest(name = "ratio {0}, min-per-second {1} -> {2}")
	@CsvSource({ "0.2, 10, 100", "1, 0, 10", "0, 3, 30" })
	void unusedAllowanceIsCapped(double ratio, int minPerSecond, int capacity) {
		RetryBudget budget = budget(ratio, minPerSecond);
		call(budget, 100_000);
		this.now += 100_000 * SECOND;
		assertThat(budget.left(this.now)).isEqualTo(capacity);
		assertThat(takeAll(budget)).isEqualTo(capacity);
	}

	@Test
	void zeroSettingsAllowNoRepeatEver() {
		RetryBudget budget = budget(0, 0);
		call(budget, 100_000);
		this.now += 100_000 * SECOND;
		assertThat(budget.tryTake(this.now)).isFalse();
		assertThat(budget.left(this.now)).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -5_000_000_000L, Long.MAX_VALUE - 5, Long.MIN_VALUE })
	void anyOriginOfTheClockWillDo(long origin) {
		this.now = origin;
		RetryBudget budget = emptied(0, 10);
		this.now += SECOND;
		assertThat(takeAll(budget)).isEqualTo(10);
	}

	@Test
	void callersWhoseClockReadingsArriveOutOfOrderGainNothing() {
		RetryBudget budget = emptied(0, 10);
		long read = this.now;
		this.now += SECOND;
		int taken = takeAll(budget);
		for (int i = 0; i < 10; i++) {
			taken += budget.tryTake(read) ? 1 : 0;
			taken += takeAll(budget);
		}
		assertThat(taken).isEqualTo(10);
	}

	@Test
	void anUpstreamThatAlwaysFailsIsSentAtMostAQuarterMore() {
		RetryBudget budget = budget(0.2, 10);
		int calls = 500 * 20;
		int repeats = 0;
		for (int i = 0; i < calls; i++) {
			this.now += SECOND / 500;
			budget.call();
			repeats += budget.tryTake(this.now) ? 1 : 0;
			repeats += budget.tryTake(this.now) ? 1 : 0;
		}
		assertThat(repeats).isBetween(2000, calls / 4);
	}

	@Test
	void manyCallersTogetherTakeNoMoreThanThereIs() throws Exception {
		for (int round = 0; round < 20; round++) {
			RetryBudget budget = budget(0, 10_000);
			assertThat(together(4, () -> takeAll(budget))).isEqualTo(100_000);
			assertThat(budget.left(this.now)).isZero();
		}
	}

	@Test
	void noCallOfManyCallersIsLost() throws Exception {
		RetryBudget budget = emptied(0.001, 1000);
		// So that neither the cap nor the clock adds to it
		int repeats = together(8, () -> {
			call(budget, 1000);
			return takeAll(budget);
		});
		assertThat(repeats + takeAll(budget)).isBetween(7, 8);
	}

	private RetryBudget budget(double ratio, int minPerSecond) {
		return new RetryBudget(new BudgetSettings(ratio, minPerSecond), this.now);
	}

	private RetryBudget emptied(double ratio, int minPerSecond) {
		RetryBudget budget = budget(ratio, minPerSecond);
		takeAll(budget);
		return budget;
	}

	private int takeAll(RetryBudget budget) {
		int taken = 0;
		while (budget.tryTake(this.now)) {
			taken++;
			if (taken > 1_000_000) {
				throw new AssertionError("The budget has no end");
			}
		}
		return taken;
	}

	private static void call(RetryBudget budget, int times) {
		for (int i = 0; i < times; i++) {
			budget.call();
		}
	}

	private static int together(int threads, Callable<Integer> task) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier start = new CyclicBarrier(threads);
			List<Future<Integer>> results = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				results.add(executor.submit(() -> {
					start.await(10, TimeUnit.SECONDS);
					return task.call();
				}));
			}
			int sum = 0;
			for (Future<Integer> result : results) {
				sum += result.get(10, TimeUnit.SECONDS);
			}
			return sum;
		}
		finally {
			executor.shutdownNow();
		}
	}

}
