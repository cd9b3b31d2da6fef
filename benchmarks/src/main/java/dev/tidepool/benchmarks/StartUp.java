package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import dev.tidepool.benchmarks.StartUpTimes.Start;
import dev.tidepool.benchmarks.empty.EmptyApplication;

/**
 * How much longer an empty application takes to start, and how much more memory it has
 * then.
 */
final class StartUp implements Section.Measuring {

	private static final String TEXT = """
			An application without a line of code starts, in a JVM of its own, with only the jars that it would have: \
			the time from the start of its JVM to the end of `SpringApplication.run`, which makes one RestClient and \
			its request factory, and the heap after a collection.

			%s

			%s

			- Date and machine: %s
			- JVM: %s
			- Starts: %d of each, in turn; one of each before them, not counted
			- Other work on the machine, looked at before: %.0f %% of all cores
			""";

	private static final int STARTS = 5;

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		Machine machine = new Machine();
		double load = machine.load(Duration.ofSeconds(1));
		int starts = STARTS * options.rounds();
		Map<StartUpApplication, StartUpTimes> times = new EnumMap<>(StartUpApplication.class);
		for (int i = 0; i <= starts; i++) {
			for (StartUpApplication application : StartUpApplication.values()) {
				Start start = start(application);
				if (i > 0) {
					times.computeIfAbsent(application, (key) -> new StartUpTimes()).add(start);
				}
			}
		}
		String descriptions = List.of(StartUpApplication.values())
			.stream()
			.map((application) -> "- %s: %s.".formatted(application.title(), application.what()))
			.collect(Collectors.joining("\n"));
		return TEXT.formatted(descriptions, table(times), LocalDate.now() + ", " + machine.hardware(), machine.jvm(),
				starts, load * 100);
	}

	private static Start start(StartUpApplication application) throws IOException, InterruptedException {
		Path results = Files.createTempFile("tidepool-benchmark", ".txt");
		try {
			JavaProcess.run(
					List.of(JavaProcess.HOME.resolve(Path.of("bin", "java")).toString(), "-Xmx256m", "-classpath",
							application.classPath(), EmptyApplication.class.getName(), results.toString()),
					application.title());
			Start start = Start.parse(Files.readString(results));
			if (start.tidepool() != (application == StartUpApplication.TIDEPOOL)) {
				throw new IllegalStateException(application.title() + " has the jars of another");
			}
			return start;
		}
		finally {
			Files.delete(results);
		}
	}

	private static String table(Map<StartUpApplication, StartUpTimes> times) {
		StringBuilder table = new StringBuilder(
				"""
						| | ms to start: least | median | added to the empty one | CPU ms: least | median | added to the empty one \
						| heap MB, median |
						| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
						""");
		times.forEach((application, starts) -> table.append(String.format(Locale.ROOT,
				"| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.1f |%n", application.title(),
				starts.least(Start::millis), starts.median(Start::millis), added(times, application, Start::millis),
				starts.least(Start::cpuMillis), starts.median(Start::cpuMillis),
				added(times, application, Start::cpuMillis), starts.median(Start::heap) / 1e6)));
		return table + "\n" + comparison(times, "time", Start::millis)
				+ comparison(times, "CPU time", Start::cpuMillis).stripTrailing();
	}

	private static double added(Map<StartUpApplication, StartUpTimes> times, StartUpApplication application,
			ToDoubleFunction<Start> value) {
		return median(times, application, value) - median(times, StartUpApplication.EMPTY, value);
	}

	private static double median(Map<StartUpApplication, StartUpTimes> times, StartUpApplication application,
			ToDoubleFunction<Start> value) {
		return Objects.requireNonNull(times.get(application)).median(value);
	}

	private static String comparison(Map<StartUpApplication, StartUpTimes> times, String what,
			ToDoubleFunction<Start> value) {
		double plain = added(times, StartUpApplication.RESTCLIENT, value);
		double tidepool = added(times, StartUpApplication.TIDEPOOL, value);
		return String.format(Locale.ROOT,
				"To the %s that RestClient on HttpClient adds, Tidepool adds %.0f ms, so that it is %.2f times that. ",
				what, tidepool - plain, tidepool / plain);
	}

}
