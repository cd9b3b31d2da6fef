package com.example.lab;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Makes calls, and counts how they end, how long they take, and how many threads are in
 * one at the same time.
 */
final class Calls {

	private static final int ENOUGH_FOR_P99 = 100;

	private final LongSupplier nanoTime;

	private final AtomicInteger underWay = new AtomicInteger();

	private final AtomicInteger mostThreads = new AtomicInteger();

	private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

	private final Map<String, Integer> failures = new ConcurrentSkipListMap<>();

	Calls() {
		this(System::nanoTime);
	}

	Calls(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Make a call.
	 * @param call throws what goes wrong
	 * @return whether it was answered
	 */
	boolean make(Callable<?> call) {
		this.mostThreads.accumulateAndGet(this.underWay.incrementAndGet(), Math::max);
		long begin = this.nanoTime.getAsLong();
		try {
			call.call();
			return true;
		}
		catch (Exception ex) {
			this.failures.merge(typeOf(ex), 1, Integer::sum);
			return false;
		}
		finally {
			this.nanos.add(this.nanoTime.getAsLong() - begin);
			this.underWay.decrementAndGet();
		}
	}

	// What the connection did, if it is known
	private static String typeOf(Exception failure) {
		return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
			.filter(IOException.class::isInstance)
			.findFirst()
			.orElse(failure)
			.getClass()
			.getSimpleName();
	}

	/**
	 * Have several callers make calls at the same time, and return when all are done.
	 * @param callers how many
	 * @param each how many calls each makes, one after the other
	 * @param call what to do
	 */
	void make(int callers, int each, Callable<?> call) throws InterruptedException {
		ExecutorService threads = Daemons.fixed(callers);
		try {
			Callable<Boolean> caller = () -> {
				for (int i = 0; i < each && !Thread.currentThread().isInterrupted(); i++) {
					make(call);
				}
				return true;
			};
			threads.invokeAll(Collections.nCopies(callers, caller));
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Calls that have not ended. Each is on a thread of its own, which it blocks.
	 */
	int underWay() {
		return this.underWay.get();
	}

	int mostThreads() {
		return this.mostThreads.get();
	}

	int made() {
		return this.nanos.size();
	}

	int failed() {
		return this.failures.values().stream().mapToInt(Integer::intValue).sum();
	}

	Map<String, Integer> failures() {
		return Collections.unmodifiableMap(new TreeMap<>(this.failures));
	}

	/**
	 * The name of {@link #slowMillis()}. The p99 of fewer than a hundred calls is the
	 * slowest of them, and is called so.
	 * @param calls how many each side makes
	 * @param call what one of them is
	 */
	static String slow(int calls, String call) {
		return ((calls < ENOUGH_FOR_P99) ? "slowest " : "p99 of a ") + call;
	}

	/**
	 * How long a call took, of a hundred the slowest but one.
	 * @return milliseconds
	 */
	double slowMillis() {
		long[] sorted = this.nanos.stream().mapToLong(Long::longValue).sorted().toArray();
		int rank = (int) Math.ceil(sorted.length * 0.99);
		return (sorted.length == 0) ? 0 : sorted[rank - 1] / (double) TimeUnit.MILLISECONDS.toNanos(1);
	}

}
