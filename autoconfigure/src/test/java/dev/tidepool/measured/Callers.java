package dev.tidepool.measured;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Threads that make calls, and count how they end.
 */
public final class Callers {

	/**
	 * What all threads of callers are named, to tell them from threads of a client.
	 */
	static final String THREAD_NAME = "measured-caller";

	private static final ThreadFactory THREADS = (task) -> {
		Thread thread = new Thread(task, THREAD_NAME);
		thread.setDaemon(true);
		return thread;
	};

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger failures = new AtomicInteger();

	private final AtomicReference<Exception> firstFailure = new AtomicReference<>();

	private final AtomicReference<Error> error = new AtomicReference<>();

	private Callers() {
	}

	/**
	 * Make calls as fast as some threads can.
	 * @param threads how many at a time
	 * @param calls how many altogether
	 * @param bound the time after which no further call starts
	 * @param call makes one
	 * @return what became of them
	 */
	public static Outcome run(int threads, int calls, Duration bound, Call call) throws InterruptedException {
		Callers callers = new Callers();
		AtomicInteger next = new AtomicInteger();
		long start = System.nanoTime();
		ExecutorService executor = Executors.newFixedThreadPool(threads, THREADS);
		for (int i = 0; i < threads; i++) {
			executor.execute(() -> {
				for (int number = next.getAndIncrement(); number < calls
						&& System.nanoTime() - start < bound.toNanos(); number = next.getAndIncrement()) {
					callers.make(call, number);
				}
			});
		}
		return callers.await(executor, start, bound);
	}

	/**
	 * Make calls at a constant rate, however long each takes.
	 * @param perSecond the rate
	 * @param duration for how long
	 * @param threads the most that can be under way
	 * @param call makes one
	 * @return what became of them
	 */
	static Outcome paced(int perSecond, Duration duration, int threads, Call call) throws InterruptedException {
		Callers callers = new Callers();
		int calls = Math.toIntExact(perSecond * duration.toSeconds());
		long start = System.nanoTime();
		ExecutorService executor = Executors.newFixedThreadPool(threads, THREADS);
		ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor(THREADS);
		AtomicInteger next = new AtomicInteger();
		CountDownLatch allStarted = new CountDownLatch(calls);
		pacer.scheduleAtFixedRate(() -> {
			int number = next.getAndIncrement();
			if (number < calls) {
				executor.execute(() -> callers.make(call, number));
				allStarted.countDown();
			}
		}, 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
		allStarted.await(2 * duration.toNanos(), TimeUnit.NANOSECONDS);
		pacer.shutdownNow();
		return callers.await(executor, start, duration);
	}

	private void make(Call call, int number) {
		try {
			call.make(number);
		}
		catch (Exception ex) {
			this.failures.incrementAndGet();
			this.firstFailure.compareAndSet(null, ex);
		}
		catch (Error ex) {
			// An assertion of the test, which must not go unnoticed
			this.error.compareAndSet(null, ex);
		}
		finally {
			this.calls.incrementAndGet();
		}
	}

	private Outcome await(ExecutorService executor, long start, Duration bound) throws InterruptedException {
		executor.shutdown();
		if (!executor.awaitTermination(bound.toNanos() + TimeUnit.SECONDS.toNanos(10), TimeUnit.NANOSECONDS)) {
			executor.shutdownNow();
			executor.awaitTermination(5, TimeUnit.SECONDS);
		}
		Error error = this.error.get();
		if (error != null) {
			throw error;
		}
		return new Outcome(this.calls.get(), this.failures.get(), Duration.ofNanos(System.nanoTime() - start),
				this.firstFailure.get());
	}

	/**
	 * Makes one call.
	 */
	@FunctionalInterface
	public interface Call {

		void make(int number) throws Exception;

	}

	/**
	 * How calls ended.
	 *
	 * @param calls those that ended
	 * @param failures those that ended with an exception
	 * @param elapsed the time that all took together
	 * @param firstFailure the first of the exceptions, or {@code null}
	 */
	public record Outcome(int calls, int failures, Duration elapsed, Exception firstFailure) {

		public double perSecond() {
			return this.calls * 1e9 / this.elapsed.toNanos();
		}

	}

}
