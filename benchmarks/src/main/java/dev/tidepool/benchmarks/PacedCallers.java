package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;

/**
 * Callers that start calls at fixed times. What a call took is noted twice: from when it
 * was sent, as a closed loop sees it, and from when it should have been, as those see it
 * who do not wait for each other: so that no slow call hides those that it delayed
 * (coordinated omission).
 */
final class PacedCallers {

	private static final int DIGITS = 3;

	private final Callers.Call call;

	private final int callers;

	private final long interval;

	private final Histogram closed = new Histogram(DIGITS);

	private final Histogram open = new Histogram(DIGITS);

	/**
	 * Create them.
	 * @param call what they do
	 * @param callers how many
	 * @param callsPerSecond how often all of them together
	 */
	PacedCallers(Callers.Call call, int callers, double callsPerSecond) {
		this.call = call;
		this.callers = callers;
		this.interval = (long) (1e9 * callers / callsPerSecond);
	}

	/**
	 * Call for a while.
	 * @param time how long
	 * @throws ExecutionException if a call failed
	 */
	void run(Duration time) throws InterruptedException, ExecutionException {
		ExecutorService threads = Executors.newFixedThreadPool(this.callers);
		try {
			long start = System.nanoTime();
			List<Future<?>> results = new ArrayList<>();
			for (int i = 0; i < this.callers; i++) {
				long first = start + this.interval * i / this.callers;
				results.add(threads.submit(() -> {
					call(first, start + time.toNanos());
					return null;
				}));
			}
			for (Future<?> result : results) {
				result.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void call(long first, long end) throws Exception {
		Histogram closed = new Histogram(DIGITS);
		Histogram open = new Histogram(DIGITS);
		for (long due = first; due - end < 0; due += this.interval) {
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			long sent = System.nanoTime();
			this.call.make();
			long answered = System.nanoTime();
			closed.recordValue(answered - sent);
			open.recordValue(answered - due);
		}
		synchronized (this) {
			this.closed.add(closed);
			this.open.add(open);
		}
	}

	/**
	 * From when calls were sent.
	 * @return nanoseconds
	 */
	synchronized Histogram closed() {
		return this.closed;
	}

	/**
	 * From when calls should have been sent.
	 * @return nanoseconds
	 */
	synchronized Histogram open() {
		return this.open;
	}

}
