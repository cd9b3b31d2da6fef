package dev.tidepool.actuate;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * What a meter registry adds to a call: all else is counted without one, and read when
 * somebody asks.
 */
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class MetersBenchmark {

	private static final long WAITED = TimeUnit.MICROSECONDS.toNanos(1);

	private static final long USED = TimeUnit.MICROSECONDS.toNanos(100);

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			System::nanoTime);

	private final UpstreamStats stats = this.upstreams.get(new UpstreamKey("http", "orders", 80, null)).stats();

	private final RegistryMeters meters = new RegistryMeters(new SimpleMeterRegistry(), this.upstreams);

	/**
	 * Register the upstream's meters.
	 */
	public MetersBenchmark() {
		this.meters.add(this.stats);
	}

	/**
	 * The two timers of a call.
	 */
	@Benchmark
	public void timersOfACall() {
		this.meters.acquired(this.stats, WAITED, true);
		this.meters.used(this.stats, USED);
	}

}
