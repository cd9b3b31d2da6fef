package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;

/**
 * Measures what a call costs each contender: rounds A B A B, each contender in a JVM of
 * its own, all in front of the same upstream; and writes a table for each section.
 */
final class Benchmark {

	private static final String TEXT = """
			%s
			Ratios are to %s.

			- Date: %s
			- Machine: %s
			- JVM: %s
			- Versions: %s
			- Upstream: %s, in a process of its own, busy for %.0f %% of the time at most. %s
			- Rounds: %d, each contender in a JVM of its own, measured for %d s at each number of calls at once
			- Other work on the machine, looked at before each JVM: %.0f %% of all cores. %s

			%s
			""";

	private static final Duration LOOK = Duration.ofSeconds(1);

	/**
	 * Above this share of the machine, the work of others is in the numbers.
	 */
	private static final double BUSY = 0.05;

	private final Section section;

	private final Options options;

	private final Machine machine = new Machine();

	private final Report report;

	private Benchmark(Section section, Options options) {
		this.section = section;
		this.options = options.with("callers", options.get(section.option()));
		this.report = new Report(section.atOnce());
	}

	/**
	 * Run the benchmark.
	 * @param args {@code sections}, {@code rounds}, {@code warm-up}, {@code measure},
	 * {@code callers} (of the classic section), {@code in-flight} (of the reactive one)
	 * and {@code output}, each as {@code name=value}
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args).with("core", Boolean.toString(UpstreamCore.isAvailable()));
		Path output = Path.of(options.get("output")).toAbsolutePath().normalize();
		Files.createDirectories(output.getParent());
		Page page = Page.read(output);
		for (Section section : options.sections()) {
			page.put(section, new Benchmark(section, options).run());
			Files.writeString(output, page.format());
		}
		System.out.println(page.format() + "\nWritten to " + output);
	}

	private String run() throws IOException, InterruptedException {
		double load = 0;
		try (UpstreamProcess upstream = UpstreamProcess.start(this.options.core())) {
			for (int round = 1; round <= this.options.rounds(); round++) {
				for (Contender contender : this.section.contenders()) {
					System.out.printf("Round %d of %d: %s%n", round, this.options.rounds(), contender.name());
					load += this.machine.load(LOOK);
					ContenderRun.inOwnProcess(contender, upstream, this.options)
						.forEach((measurement) -> this.report.add(contender, measurement));
				}
			}
			return text(upstream, load / this.options.rounds() / this.section.contenders().size());
		}
	}

	private String text(UpstreamProcess upstream, double load) throws IOException {
		return TEXT.formatted(this.section.notes(), this.section.baseline().name(), LocalDate.now(),
				this.machine.hardware(), this.machine.jvm(), this.machine.versions(), upstream,
				this.report.upstreamLoad() * 100, core(), this.options.rounds(), this.options.measure().toSeconds(),
				load * 100, (load > BUSY) ? "Busy: compare the ratios, not the times" : "Quiet",
				String.join("\n", this.report.table()));
	}

	private String core() {
		if (!this.options.callers().contains(1)) {
			return this.options.core() ? "Kept on one core, which the clients may use too" : "On any core";
		}
		return this.options.core()
				? "Kept on one core, which a caller that is alone shares: waking across cores costs more than the call"
				: "On any core: with one caller, the system's choice decides more than the contender does";
	}

}
