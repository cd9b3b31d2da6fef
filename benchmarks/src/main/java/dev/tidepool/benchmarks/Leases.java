package dev.tidepool.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import com.sun.management.OperatingSystemMXBean;
import org.jspecify.annotations.Nullable;

/**
 * What a pool costs many callers at once, whose connections wait for an upstream in
 * between: that of Tidepool beside the two of HttpCore.
 */
final class Leases implements Section.Measuring {

	private static final String TEXT = """
			CPU time of a lease, a wait of a millisecond and a return, which is all that each caller does: what the pool \
			costs is what is more than without one. Callers are spread over the upstreams, and each finds a free place. \
			All in one JVM, in turn: of each the round that cost least.

			- STRICT: HttpCore's `StrictConnPool`, HttpClient's default. One lock; searches the idle connections of all upstreams.
			- LAX: HttpCore's `LaxConnPool`. A lock for each upstream; no limit of all connections.
			- Tidepool: the gate, which has both limits, and the shelves of idle connections.

			Chosen: neither of HttpCore's. LAX cannot keep a limit of all connections; STRICT keeps it under the one lock \
			that its search holds, which costs most where callers are many and the machine is not yet busy with their \
			threads. The shelves cost about what LAX does, with both limits.

			- Date and machine: %s, %s
			- JVM: %s
			- Other work on the machine, looked at before: %.0f %% of all cores

			| Callers | Upstreams | µs: no pool | STRICT | LAX | Tidepool | uses/s: no pool | STRICT | LAX | Tidepool |
			| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
			%s
			""";

	private static final int[] CALLERS = { 256, 1024, 4096 };

	private static final int[] UPSTREAMS = { 1, 1000 };

	private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		Machine machine = new Machine();
		double load = machine.load(Duration.ofSeconds(1));
		List<String> rows = new ArrayList<>();
		for (int upstreams : UPSTREAMS) {
			for (int callers : CALLERS) {
				System.out.printf("Leases: %d callers, %d upstreams%n", callers, upstreams);
				rows.add(row(callers, upstreams, options));
			}
		}
		return TEXT.formatted(LocalDate.now(), machine.hardware(), machine.jvm(), load * 100, String.join("\n", rows));
	}

	private static String row(int callers, int upstreams, Options options) throws InterruptedException {
		List<LeasedPool> pools = List.of(LeasedPool.none(), LeasedPool.strict(callers), LeasedPool.lax(callers),
				LeasedPool.tidepool(upstreams, callers));
		for (LeasedPool pool : pools) {
			uses(pool, callers, upstreams, options.warmUp());
		}
		Map<LeasedPool, Uses> least = new LinkedHashMap<>();
		for (int round = 1; round <= options.rounds(); round++) {
			for (LeasedPool pool : pools) {
				least.merge(pool, uses(pool, callers, upstreams, options.measure()), Leases::cheaper);
			}
		}
		return String.format(Locale.ROOT, "| %,d | %,d | %s | %s |", callers, upstreams,
				cells(least, "%.1f", Uses::micros), cells(least, "%,.0f", Uses::perSecond));
	}

	private static Uses cheaper(Uses one, Uses other) {
		return (other.micros() < one.micros()) ? other : one;
	}

	private static String cells(Map<LeasedPool, Uses> uses, String format, ToDoubleFunction<Uses> value) {
		return uses.values()
			.stream()
			.map((each) -> String.format(Locale.ROOT, format, value.applyAsDouble(each)))
			.collect(Collectors.joining(" | "));
	}

	private static Uses uses(LeasedPool pool, int callers, int upstreams, Duration time) throws InterruptedException {
		LongAdder uses = new LongAdder();
		AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
		CyclicBarrier start = new CyclicBarrier(callers + 1);
		CyclicBarrier end = new CyclicBarrier(callers + 1);
		long[] until = new long[1];
		for (int i = 0; i < callers; i++) {
			Integer upstream = i % upstreams;
			Thread caller = new Thread(null, () -> {
				try {
					start.await();
					long before = 0;
					while (System.nanoTime() - until[0] < 0) {
						pool.use(upstream, () -> LockSupport.parkNanos(HOLD_NANOS));
						before++;
					}
					uses.add(before);
					end.await();
				}
				catch (Exception ex) {
					failure.compareAndSet(null, ex);
					end.reset();
				}
			}, "caller", 128 * 1024);
			caller.setDaemon(true);
			caller.start();
		}
		long began = System.nanoTime();
		until[0] = began + time.toNanos();
		long cpu = SYSTEM.getProcessCpuTime();
		try {
			start.await();
			end.await();
		}
		catch (BrokenBarrierException ex) {
			throw new IllegalStateException("A caller failed", failure.get());
		}
		return new Uses(uses.sum(), SYSTEM.getProcessCpuTime() - cpu, System.nanoTime() - began);
	}

	/**
	 * What callers did.
	 *
	 * @param count how often they used a connection
	 * @param cpuNanos what the process took for it
	 * @param nanos how long that went on
	 */
	private record Uses(long count, long cpuNanos, long nanos) {

		double micros() {
			return this.cpuNanos / 1e3 / this.count;
		}

		double perSecond() {
			return this.count * 1e9 / this.nanos;
		}

	}

}
