package dev.tidepool.connections;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hc.client5.http.io.ConnectionEndpoint;

import dev.tidepool.classic.PoolAccess;

/**
 * How long a caller takes to lease a connection and to put it back, phase by phase. The
 * caller is alone, so that nobody but the sweeper can hold a lock that it waits for. The
 * same is done with a pool to which nothing happens: what takes long there too is the
 * machine's doing. The JVM's flight recorder tells how long the caller waited for a lock,
 * and when the garbage collector paused everything. Of such a wait the sweeper is to
 * blame for what it did meanwhile, which its CPU time tells: for the rest it was not let
 * on a CPU.
 */
final class LeaseTimes implements AutoCloseable {

	private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(200);

	private static final long LONG = TimeUnit.MICROSECONDS.toNanos(50);

	private static final String MEASURED = "measured-caller";

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private final long sweeper;

	private final Caller caller;

	private final Caller control;

	private final List<Phase> phases = new ArrayList<>();

	private final Recording recording = new Recording();

	private Instant phaseStarted;

	private volatile boolean stopped;

	private LeaseTimes(long sweeper, PoolAccess pool, PoolAccess controlPool) {
		this.sweeper = sweeper;
		this.caller = new Caller(MEASURED, pool);
		this.control = new Caller("control-caller", controlPool);
		this.recording.enable("jdk.ThreadPark").withThreshold(Duration.ofNanos(10_000)).withoutStackTrace();
		this.recording.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ofNanos(10_000)).withoutStackTrace();
		this.recording.enable("jdk.GCPhasePause").withoutThreshold().withoutStackTrace();
	}

	/**
	 * Start the callers.
	 * @param pool what is measured, the pool of the application that was started last
	 * @param controlPool what it is compared with
	 * @return the callers, running
	 */
	static LeaseTimes start(PoolAccess pool, PoolAccess controlPool) {
		LeaseTimes started = new LeaseTimes(latestSweeper(), pool, controlPool);
		started.recording.start();
		started.caller.start();
		started.control.start();
		started.phaseStarts();
		return started;
	}

	private static long latestSweeper() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("tidepool-sweeper"))
			.mapToLong(Thread::getId)
			.max()
			.orElseThrow();
	}

	void phaseStarts() {
		this.caller.take();
		this.caller.takeLong();
		this.control.take();
		this.phaseStarted = Instant.now();
	}

	void phaseEnds(String name) {
		Instant end = Instant.now();
		this.phases.add(new Phase(name, this.phaseStarted, end, this.caller.take(), this.control.take(),
				this.caller.takeLong(), Duration.ZERO, Duration.ZERO, Duration.ZERO));
	}

	/**
	 * End the caller, and give what was measured.
	 * @return the phases
	 */
	List<Phase> stop() throws Exception {
		this.stopped = true;
		this.caller.join();
		this.control.join();
		Path file = Files.createTempFile("tidepool", ".jfr");
		try {
			this.recording.stop();
			this.recording.dump(file);
			return withEvents(file);
		}
		finally {
			Files.delete(file);
		}
	}

	private List<Phase> withEvents(Path file) throws IOException {
		List<Span> collections = new ArrayList<>();
		List<Span> waits = new ArrayList<>();
		for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
			if (event.getEventType().getName().equals("jdk.GCPhasePause")) {
				collections.add(Span.of(event));
			}
			else if (isWaitForLock(event)) {
				waits.add(Span.of(event));
			}
		}
		return this.phases.stream().map((phase) -> phase.with(waits, collections)).toList();
	}

	private static boolean isWaitForLock(RecordedEvent event) {
		RecordedThread thread = event.getThread();
		if (thread == null || !MEASURED.equals(thread.getJavaName())) {
			return false;
		}
		if (event.getEventType().getName().equals("jdk.JavaMonitorEnter")) {
			// Else the JVM loads a class
			RecordedClass monitor = event.getClass("monitorClass");
			return monitor != null && monitor.getName().startsWith("dev.tidepool");
		}
		RecordedClass lock = event.getClass("parkedClass");
		return lock != null && lock.getName().contains("ReentrantLock");
	}

	@Override
	public void close() {
		this.stopped = true;
		this.recording.close();
	}

	/**
	 * What was measured in one phase.
	 *
	 * @param name what happened to the pool
	 * @param start when it began
	 * @param end when it ended
	 * @param leases the caller of the pool
	 * @param control the same with a pool to which nothing happened
	 * @param longCalls the calls of the caller that took long
	 * @param longestWait the longest time that one of them waited for locks, less the
	 * pauses of the garbage collector
	 * @param longestHoldUp the longest time that the sweeper did something while one of
	 * them waited for locks
	 * @param longestCollection the longest pause of the garbage collector
	 */
	record Phase(String name, Instant start, Instant end, Times leases, Times control, List<Call> longCalls,
			Duration longestWait, Duration longestHoldUp, Duration longestCollection) {

		private Phase with(List<Span> waits, List<Span> collections) {
			Duration wait = longest(this.longCalls.stream().map((call) -> waited(call.span(), waits, collections)));
			Duration holdUp = longest(this.longCalls.stream()
				.map((call) -> shorter(waited(call.span(), waits, collections), call.sweeperRan())));
			Span phase = new Span(this.start, this.end);
			Duration collection = longest(collections.stream().map(phase::overlap));
			return new Phase(this.name, this.start, this.end, this.leases, this.control, this.longCalls, wait, holdUp,
					collection);
		}

		private static Duration shorter(Duration one, Duration other) {
			return (one.compareTo(other) <= 0) ? one : other;
		}

		// A lock that is not fair makes one wait several times
		private static Duration waited(Span call, List<Span> waits, List<Span> collections) {
			Duration waited = Duration.ZERO;
			for (Span wait : waits) {
				if (!call.overlap(wait).isZero()) {
					waited = waited.plus(Duration.between(wait.start(), wait.end()));
					for (Span collection : collections) {
						waited = waited.minus(wait.overlap(collection));
					}
				}
			}
			return waited;
		}

		private static Duration longest(Stream<Duration> durations) {
			return durations.max(Comparator.naturalOrder()).orElse(Duration.ZERO);
		}

	}

	/**
	 * A call that took long.
	 *
	 * @param span when it was
	 * @param sweeperRan the CPU time of the sweeper meanwhile
	 */
	record Call(Span span, Duration sweeperRan) {

	}

	/**
	 * A time that something took.
	 *
	 * @param start when it began
	 * @param end when it ended
	 */
	record Span(Instant start, Instant end) {

		private static Span of(RecordedEvent event) {
			return new Span(event.getStartTime(), event.getEndTime());
		}

		private Duration overlap(Span other) {
			Instant start = this.start.isAfter(other.start) ? this.start : other.start;
			Instant end = this.end.isBefore(other.end) ? this.end : other.end;
			return end.isAfter(start) ? Duration.between(start, end) : Duration.ZERO;
		}

	}

	/**
	 * A distribution of times.
	 *
	 * @param number how many
	 * @param median the median
	 * @param p999 the time that one in a thousand takes at least
	 * @param max the longest
	 */
	record Times(int number, Duration median, Duration p999, Duration max) {

		private static Times of(long[] all) {
			Arrays.sort(all);
			return new Times(all.length, at(all, 0.5), at(all, 0.999), at(all, 1));
		}

		private static Duration at(long[] sorted, double share) {
			return (sorted.length > 0) ? Duration.ofNanos(sorted[(int) ((sorted.length - 1) * share)]) : Duration.ZERO;
		}

	}

	private final class Caller extends Thread {

		private final PoolAccess pool;

		private long[] times = new long[1024];

		private int number;

		private final List<Call> longCalls = new ArrayList<>();

		Caller(String name, PoolAccess pool) {
			super(name);
			setDaemon(true);
			this.pool = pool;
		}

		@Override
		public void run() {
			try {
				while (!LeaseTimes.this.stopped) {
					call();
					LockSupport.parkNanos(PAUSE);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		private void call() throws Exception {
			long sweeperBefore = THREADS.getThreadCpuTime(LeaseTimes.this.sweeper);
			long start = System.nanoTime();
			ConnectionEndpoint endpoint = this.pool.lease();
			long leased = System.nanoTime() - start;
			this.pool.connect(endpoint);
			start = System.nanoTime();
			this.pool.release(endpoint);
			long released = System.nanoTime() - start;
			add(leased + released, sweeperBefore);
		}

		private synchronized void add(long time, long sweeperBefore) {
			if (time > LONG) {
				Instant now = Instant.now();
				this.longCalls.add(new Call(new Span(now.minusNanos(time), now),
						Duration.ofNanos(THREADS.getThreadCpuTime(LeaseTimes.this.sweeper) - sweeperBefore)));
			}
			if (this.number == this.times.length) {
				this.times = Arrays.copyOf(this.times, 2 * this.number);
			}
			this.times[this.number++] = time;
		}

		synchronized List<Call> takeLong() {
			List<Call> taken = List.copyOf(this.longCalls);
			this.longCalls.clear();
			return taken;
		}

		synchronized Times take() {
			Times taken = Times.of(Arrays.copyOf(this.times, this.number));
			this.number = 0;
			return taken;
		}

	}

}
