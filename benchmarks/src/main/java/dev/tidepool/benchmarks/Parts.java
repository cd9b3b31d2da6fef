package dev.tidepool.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

import dev.tidepool.actuate.MetersBenchmark;
import dev.tidepool.connection.DeadlineBenchmark;
import dev.tidepool.connection.PartsBenchmark;

/**
 * What the pure parts of a call cost, by JMH.
 */
final class Parts implements Section.Measuring {

	private static final String TEXT = """
			By JMH: what the parts of a call cost that are pure, each alone. Watched: connections that wait meanwhile; \
			the watch looks at all of them once a second, and what that takes is its own thread's CPU time.

			- Date and machine: %s, %s
			- JVM: %s
			- Other work on the machine, looked at before: %.0f %% of all cores

			| Part | watched | ns | ± | bytes | µs of the watch, each second |
			| --- | ---: | ---: | ---: | ---: | ---: |
			%s
			""";

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		Machine machine = new Machine();
		double load = machine.load(Duration.ofSeconds(1));
		// Another run on this machine, of other benchmarks, is none of ours
		System.setProperty("jmh.ignoreLock", "true");
		try {
			Collection<RunResult> results = new Runner(
					new OptionsBuilder().include(PartsBenchmark.class.getName() + "\\.")
						.include(MetersBenchmark.class.getName() + "\\.")
						.include(DeadlineBenchmark.class.getName() + "\\.")
						.include(TemplatesBenchmark.class.getName() + "\\.")
						.forks(options.rounds())
						.addProfiler(GCProfiler.class)
						.verbosity(VerboseMode.SILENT)
						.shouldFailOnError(true)
						.build())
				.run();
			return TEXT.formatted(LocalDate.now(), machine.hardware(), machine.jvm(), load * 100,
					results.stream().map(Parts::row).collect(Collectors.joining("\n")));
		}
		catch (RunnerException ex) {
			throw new IllegalStateException("JMH failed", ex);
		}
	}

	private static String row(RunResult result) {
		BenchmarkParams params = result.getParams();
		String watched = params.getParamsKeys().isEmpty() ? ""
				: String.format(Locale.ROOT, "%,d", Integer.valueOf(params.getParam("watched")));
		Result<?> time = result.getPrimaryResult();
		Result<?> bytes = Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"));
		Result<?> watch = result.getSecondaryResults().get("watchMicros");
		return String.format(Locale.ROOT, "| %s | %s | %.1f | %.1f | %.0f | %s |", name(params.getBenchmark()), watched,
				time.getScore(), time.getScoreError(), bytes.getScore(),
				(watch != null) ? String.format(Locale.ROOT, "%,.0f", watch.getScore() / iterations(params)) : "");
	}

	// JMH sums an event's counter over all of them
	private static int iterations(BenchmarkParams params) {
		return params.getMeasurement().getCount() * params.getForks();
	}

	/**
	 * The name of a method as words.
	 */
	private static String name(String benchmark) {
		String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
		String words = method.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
		return Character.toUpperCase(words.charAt(0)) + words.substring(1);
	}

}
