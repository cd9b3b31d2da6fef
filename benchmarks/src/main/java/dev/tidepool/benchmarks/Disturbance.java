package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What goes on beside the calls that are measured, on a thread of its own if it needs
 * one.
 */
final class Disturbance implements AutoCloseable {

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

	private final @Nullable Future<?> task;

	private final LongSupplier seen;

	private Disturbance(@Nullable Duration interval, Runnable task, LongSupplier seen) {
		this.task = (interval != null)
				? this.thread.scheduleAtFixedRate(task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS)
				: null;
		this.seen = seen;
	}

	static Disturbance none() {
		return seenBy(() -> 1);
	}

	/**
	 * What goes on by itself.
	 * @param seen how much of it there is
	 * @return what goes on
	 */
	static Disturbance seenBy(LongSupplier seen) {
		return new Disturbance(null, () -> {
		}, seen);
	}

	/**
	 * What is done again and again.
	 * @param interval how often
	 * @param task what is done
	 * @param seen how much came of it
	 * @return what goes on
	 */
	static Disturbance each(Duration interval, Runnable task, LongSupplier seen) {
		return new Disturbance(interval, task, seen);
	}

	/**
	 * Make sure that it went on until now.
	 * @throws IllegalStateException if it did not
	 */
	void check() throws InterruptedException {
		Future<?> task = this.task;
		try {
			if (task != null && task.isDone()) {
				task.get();
			}
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("What should have gone on beside the calls has failed", ex.getCause());
		}
		if (this.seen.getAsLong() == 0) {
			throw new IllegalStateException("Nothing went on beside the calls");
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
