package dev.tidepool.connection;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import dev.tidepool.connection.PhaseDeadline.Phase;

/**
 * What a watched wait costs who waits, and its watch, by how many connections wait beside
 * it.
 */
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class DeadlineBenchmark {

	private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(30);

	private static final CallDeadline NO_DEADLINE = new CallDeadline(0, null, "");

	/**
	 * Connections that wait meanwhile.
	 */
	@Param({ "0", "1000", "10000", "100000" })
	public int watched;

	private DeadlineWatch watch = new DeadlineWatch(System::nanoTime);

	private PhaseDeadline deadline = this.watch.watch(() -> {
	});

	/**
	 * Have all of them wait.
	 */
	@Setup
	public void watch() {
		this.watch.start();
		for (int i = 0; i < this.watched; i++) {
			this.watch.watch(() -> {
			}).starts(Phase.RESPONSE, TimeUnit.HOURS.toNanos(1), NO_DEADLINE);
		}
	}

	/**
	 * End the watch.
	 */
	@TearDown
	public void close() {
		this.watch.close();
	}

	/**
	 * A wait starts and ends in time.
	 * @param cost of the watch meanwhile
	 * @return whether it was in time
	 */
	@Benchmark
	public boolean armAndDisarm(WatchCost cost) {
		this.deadline.starts(Phase.RESPONSE, TIMEOUT, NO_DEADLINE);
		return this.deadline.ends();
	}

	/**
	 * CPU time that the watch took.
	 */
	@AuxCounters(AuxCounters.Type.EVENTS)
	@State(Scope.Thread)
	public static class WatchCost {

		private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

		private long before;

		/**
		 * Microseconds of CPU time of the watch in a second.
		 */
		public long watchMicros;

		/**
		 * Note what it has taken so far.
		 */
		@Setup(Level.Iteration)
		public void start() {
			this.before = cpuNanos();
		}

		/**
		 * Note what it took since.
		 */
		@TearDown(Level.Iteration)
		public void end() {
			this.watchMicros = (cpuNanos() - this.before) / 1000;
		}

		private static long cpuNanos() {
			return LongStream.of(THREADS.getAllThreadIds())
				.filter(WatchCost::isOfWatch)
				.map(THREADS::getThreadCpuTime)
				.sum();
		}

		private static boolean isOfWatch(long id) {
			return THREADS.getThreadInfo(id).getThreadName().equals("tidepool-deadlines");
		}

	}

}
