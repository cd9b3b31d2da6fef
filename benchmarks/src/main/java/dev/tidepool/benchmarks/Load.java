package dev.tidepool.benchmarks;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * Callers that call without a pause, each on a thread of its own. They warm up and are
 * measured in one go, so that starting and stopping them costs nothing that is counted.
 */
final class Load {

	private static final int MAX_WARM_UPS = 4;

	/**
	 * A share of the time that says nothing is left to compile.
	 */
	private static final double COMPILER_RESTS = 0.02;

	private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();

	private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

	private final Client client;

	private final int bodyLength;

	private final boolean upstreamCore;

	private final List<Caller> callers;

	private final CompletableFuture<Void> failure = new CompletableFuture<>();

	private volatile boolean stopped;

	/**
	 * Create a load.
	 * @param client what to call with
	 * @param bodyLength how long each body has to be
	 * @param callers how many call at once
	 * @param upstreamCore whether they have to stay on the upstream's core
	 */
	Load(Client client, int bodyLength, int callers, boolean upstreamCore) {
		this.client = client;
		this.bodyLength = bodyLength;
		this.upstreamCore = upstreamCore;
		this.callers = IntStream.range(0, callers).mapToObj((i) -> new Caller("caller-" + i)).toList();
	}

	/**
	 * Run the load once.
	 * @param warmUp how long to run before measuring, again and again until the compiler
	 * rests
	 * @param measure how long to measure
	 * @return what was measured
	 */
	Measurement run(Duration warmUp, Duration measure) throws InterruptedException, ExecutionException {
		this.callers.forEach(Thread::start);
		try {
			warmUp(warmUp);
			Measurement start = total();
			goOn(measure);
			Measurement end = total();
			return new Measurement(this.callers.size(), end.calls() - start.calls(), end.cpuNanos() - start.cpuNanos(),
					end.allocatedBytes() - start.allocatedBytes(), end.elapsedNanos() - start.elapsedNanos());
		}
		finally {
			this.stopped = true;
			for (Caller caller : this.callers) {
				caller.join();
			}
		}
	}

	/**
	 * All calls, those of the warm-up included.
	 * @return how many were answered
	 */
	long calls() {
		return this.callers.stream().mapToLong((caller) -> caller.calls.get()).sum();
	}

	private void warmUp(Duration piece) throws InterruptedException, ExecutionException {
		for (int i = 0; i < MAX_WARM_UPS; i++) {
			long start = this.compiler.getTotalCompilationTime();
			goOn(piece);
			long compiling = this.compiler.getTotalCompilationTime() - start;
			if (compiling < COMPILER_RESTS * piece.toMillis()) {
				return;
			}
		}
	}

	private void goOn(Duration time) throws InterruptedException, ExecutionException {
		try {
			this.failure.get(time.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// No call has failed
		}
	}

	private Measurement total() {
		long[] ids = this.callers.stream().mapToLong(Thread::getId).toArray();
		return new Measurement(ids.length, calls(), this.process.getProcessCpuTime(),
				LongStream.of(this.threads.getThreadAllocatedBytes(ids)).sum(), System.nanoTime());
	}

	private final class Caller extends Thread {

		private final AtomicLong calls = new AtomicLong();

		Caller(String name) {
			super(name);
		}

		@Override
		public void run() {
			try {
				if (Load.this.upstreamCore) {
					UpstreamCore.keepCurrentThread();
				}
				do {
					int length = Load.this.client.call();
					if (length != Load.this.bodyLength) {
						throw new IllegalStateException("A body of %d bytes".formatted(length));
					}
					this.calls.lazySet(this.calls.getPlain() + 1);
				}
				while (!Load.this.stopped);
			}
			catch (Throwable ex) {
				Load.this.failure.completeExceptionally(ex);
			}
		}

	}

}
