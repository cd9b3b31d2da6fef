package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;

/**
 * Measures what a call costs each contender: rounds A B A B, each contender in a JVM of
 * its own, all in front of the same upstream; and writes a table.
 */
final class Benchmark {

	private static final String PAGE = """
			# What a request costs

			GET of %d bytes on kept connections: CPU time of the client's process, and bytes that its callers allocate.

			- HttpClient alone: a pool as large as the callers; cookies, auth caching, compression, redirects and automatic retries off.
			- RestClient on Tidepool: the starter's defaults, with its meters bound.

			Written by `mvn -q -pl benchmarks -am -DskipTests -Pbenchmark verify`. Ratios are to HttpClient alone.

			- Date: %s
			- Machine: %s
			- JVM: %s
			- Versions: %s
			- Upstream: %s, in a process of its own. %s
			- Rounds: %d, each contender in a JVM of its own, measured for %d s at each number of callers
			- Other work on the machine, looked at before each JVM: %.0f %% of all cores. %s

			%s
			""";

	private static final Duration LOOK = Duration.ofSeconds(1);

	/**
	 * Above this share of the machine, the work of others is in the numbers.
	 */
	private static final double BUSY = 0.05;

	private final Options options;

	private final Machine machine = new Machine();

	private final Report report = new Report();

	private Benchmark(Options options) {
		this.options = options;
	}

	/**
	 * Run the benchmark.
	 * @param args {@code rounds}, {@code warm-up}, {@code measure}, {@code callers} and
	 * {@code output}, each as {@code name=value}
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args).with("core", Boolean.toString(UpstreamCore.isAvailable()));
		String page = new Benchmark(options).run();
		Path output = Path.of(options.get("output")).toAbsolutePath().normalize();
		Files.createDirectories(output.getParent());
		Files.writeString(output, page);
		System.out.println(page + "\nWritten to " + output);
	}

	private String run() throws IOException, InterruptedException {
		double load = 0;
		try (UpstreamProcess upstream = UpstreamProcess.start(this.options.core())) {
			for (int round = 1; round <= this.options.rounds(); round++) {
				for (Contender contender : Contender.ALL) {
					System.out.printf("Round %d of %d: %s%n", round, this.options.rounds(), contender.name());
					load += this.machine.load(LOOK);
					ContenderRun.inOwnProcess(contender, upstream.uri(), this.options)
						.forEach((measurement) -> this.report.add(contender, measurement));
				}
			}
			return page(upstream, load / this.options.rounds() / Contender.ALL.size());
		}
	}

	private String page(UpstreamProcess upstream, double load) throws IOException {
		return PAGE.formatted(UpstreamProcess.BODY.length(), LocalDate.now(), this.machine.hardware(),
				this.machine.jvm(), this.machine.versions(), upstream,
				this.options.core()
						? "Kept on one core, which a caller that is alone shares: waking across cores costs more than the call"
						: "On any core: with one caller, the system's choice decides more than the contender does",
				this.options.rounds(), this.options.measure().toSeconds(), load * 100,
				(load > BUSY) ? "Busy: compare the ratios, not the times" : "Quiet",
				String.join("\n", this.report.table()));
	}

}
