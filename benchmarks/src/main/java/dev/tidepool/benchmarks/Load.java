package dev.tidepool.benchmarks;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Warms traffic up and measures it in one go, so that starting and stopping it costs
 * nothing that is counted.
 */
final class Load {

	private static final int MAX_WARM_UPS = 12;

	private static final Duration LONGEST_START = Duration.ofMinutes(1);

	private static final Duration LOOK = Duration.ofMillis(10);

	/**
	 * A share of the time that says nothing is left to compile.
	 */
	private static final double COMPILER_RESTS = 0.02;

	private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();

	private final Traffic traffic;

	private final List<ProcessHandle> upstream;

	private final CompletableFuture<Void> failure = new CompletableFuture<>();

	/**
	 * Create a load.
	 * @param traffic what is measured
	 * @param upstream the processes of the upstream that is called
	 */
	Load(Traffic traffic, List<ProcessHandle> upstream) {
		this.traffic = traffic;
		this.upstream = upstream;
	}

	/**
	 * Run the load once.
	 * @param warmUp how long to run before measuring, once as many calls as callers were
	 * made, and again and again until the compiler rests
	 * @param measure how long to measure
	 * @return what was measured
	 * @throws ExecutionException if one call failed, whenever it was
	 */
	Measurement run(Duration warmUp, Duration measure) throws InterruptedException, ExecutionException {
		Measurement measurement = runUntilFailure(warmUp, measure);
		goOn(Duration.ZERO);
		return measurement;
	}

	private Measurement runUntilFailure(Duration warmUp, Duration measure)
			throws InterruptedException, ExecutionException {
		this.traffic.start(this.failure::completeExceptionally);
		try {
			warmUp(warmUp);
			Measurement start = total();
			goOn(measure);
			Measurement end = total();
			return new Measurement(start.callers(), end.calls() - start.calls(), end.cpuNanos() - start.cpuNanos(),
					end.allocatedBytes() - start.allocatedBytes(), end.upstreamCpuNanos() - start.upstreamCpuNanos(),
					end.elapsedNanos() - start.elapsedNanos());
		}
		finally {
			this.traffic.stop();
		}
	}

	private void warmUp(Duration piece) throws InterruptedException, ExecutionException {
		long start = System.nanoTime();
		while (this.traffic.calls() < this.traffic.callers()) {
			if (System.nanoTime() - start > LONGEST_START.toNanos()) {
				throw new IllegalStateException("After %s %d callers had made %d calls".formatted(LONGEST_START,
						this.traffic.callers(), this.traffic.calls()));
			}
			goOn(LOOK);
		}
		for (int i = 0; i < MAX_WARM_UPS; i++) {
			long compiled = this.compiler.getTotalCompilationTime();
			goOn(piece);
			long compiling = this.compiler.getTotalCompilationTime() - compiled;
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
		return new Measurement(this.traffic.callers(), this.traffic.calls(), this.traffic.cpuNanos(),
				this.traffic.allocatedBytes(), upstreamCpuNanos(), System.nanoTime());
	}

	private long upstreamCpuNanos() {
		return this.upstream.stream()
			.flatMap((process) -> process.info().totalCpuDuration().stream())
			.mapToLong(Duration::toNanos)
			.sum();
	}

}
