package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * What has to become true once the last answer was there, on threads of the client.
 */
final class Settled {

	private static final Duration LONGEST = Duration.ofSeconds(5);

	private Settled() {
	}

	/**
	 * Wait for it.
	 * @param problem what is not yet as it has to be, {@code null} once it is
	 * @throws IllegalStateException if it does not become so
	 */
	static void await(Supplier<@Nullable String> problem) throws InterruptedException {
		await(LONGEST, problem);
	}

	/**
	 * Wait for it.
	 * @param longest how long
	 * @param problem what is not yet as it has to be, {@code null} once it is
	 * @throws IllegalStateException if it does not become so
	 */
	static void await(Duration longest, Supplier<@Nullable String> problem) throws InterruptedException {
		long start = System.nanoTime();
		String found = problem.get();
		while (found != null) {
			if (System.nanoTime() - start > longest.toNanos()) {
				throw new IllegalStateException(found);
			}
			Thread.sleep(10);
			found = problem.get();
		}
	}

}
