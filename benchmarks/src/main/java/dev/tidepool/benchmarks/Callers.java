package dev.tidepool.benchmarks;

import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Callers that wait for each answer, each on a thread of its own.
 */
final class Callers implements Traffic {

	private final AllocatedBytes allocated = new AllocatedBytes();

	private final Call call;

	private final int bodyLength;

	private final List<Caller> callers;

	private Consumer<Throwable> failure = (ex) -> {
	};

	private volatile boolean stopped;

	Callers(Call call, int bodyLength, int callers, ThreadFactory threads) {
		this.call = call;
		this.bodyLength = bodyLength;
		this.callers = IntStream.range(0, callers).mapToObj((i) -> new Caller(threads)).toList();
	}

	@Override
	public void start(Consumer<Throwable> failure) {
		this.failure = failure;
		this.callers.forEach((caller) -> caller.thread.start());
	}

	@Override
	public void stop() throws InterruptedException {
		this.stopped = true;
		for (Caller caller : this.callers) {
			caller.thread.join();
		}
	}

	@Override
	public int callers() {
		return this.callers.size();
	}

	@Override
	public long calls() {
		return this.callers.stream().mapToLong((caller) -> caller.calls.get()).sum();
	}

	@Override
	public long allocatedBytes() {
		return this.allocated.total();
	}

	/**
	 * What each caller does again and again.
	 */
	@FunctionalInterface
	interface Call {

		/**
		 * Make one call.
		 * @return how many bytes were answered
		 */
		int make() throws Exception;

	}

	private final class Caller implements Runnable {

		private final AtomicLong calls = new AtomicLong();

		private final Thread thread;

		Caller(ThreadFactory threads) {
			this.thread = threads.newThread(this);
		}

		@Override
		public void run() {
			try {
				do {
					int length = Callers.this.call.make();
					if (length != Callers.this.bodyLength) {
						throw new IllegalStateException("A body of %d bytes".formatted(length));
					}
					this.calls.lazySet(this.calls.getPlain() + 1);
				}
				while (!Callers.this.stopped);
			}
			catch (Throwable ex) {
				Callers.this.failure.accept(ex);
			}
		}

	}

}
