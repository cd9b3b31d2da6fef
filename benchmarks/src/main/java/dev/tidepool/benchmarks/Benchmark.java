package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what a call costs each contender: rounds A B A B, each contender in a JVM of
 * its own, all in front of the same upstream; and writes a table.
 */
final class Benchmark {

	private static final Duration LOOK = Duration.ofSeconds(1);

	/**
	 * Above this share of the machine, the work of others is in the numbers.
	 */
	private static final double BUSY = 0.05;

	private Benchmark() {
	}

	/**
	 * Run the benchmark.
	 * @param args {@code rounds}, {@code warm-up}, {@code measure}, {@code callers} and
	 * {@code output}, each as {@code name=value}
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args);
		Machine machine = new Machine();
		Report report = new Report();
		double load = 0;
		String calledUpstream;
		try (UpstreamProcess upstream = UpstreamProcess.start()) {
			calledUpstream = upstream.toString();
			for (int round = 1; round <= options.rounds(); round++) {
				for (Contender contender : Contender.ALL) {
					System.out.printf("Round %d of %d: %s%n", round, options.rounds(), contender.name());
					load += machine.load(LOOK) / options.rounds() / Contender.ALL.size();
					ContenderRun.inOwnProcess(contender, upstream.uri(), options)
						.forEach((measurement) -> report.add(contender, measurement));
				}
			}
		}
		List<String> page = new ArrayList<>(head(options, machine, calledUpstream, load));
		page.addAll(report.table());
		Path output = Path.of(options.get("output")).normalize();
		Files.createDirectories(output.toAbsolutePath().getParent());
		Files.write(output, page);
		report.table().forEach(System.out::println);
		System.out.println("Written to " + output);
	}

	private static List<String> head(Options options, Machine machine, String upstream, double load)
			throws IOException {
		return List.of("# What a request costs", "",
				"GET of %d bytes on kept connections: CPU time of the client's process, and bytes that its callers allocate."
					.formatted(UpstreamProcess.BODY.length()),
				"HttpClient alone: a pool as large as the callers; cookies, auth caching, compression, redirects and automatic retries off.",
				"RestClient on Tidepool: the starter's defaults, with its meters bound. Ratios are to HttpClient alone.",
				"", "Written by `mvn -q -pl benchmarks -am -DskipTests -Pbenchmark verify`.", "",
				"- Date: " + LocalDate.now(), "- Machine: " + machine.hardware(), "- JVM: " + machine.jvm(),
				"- Versions: " + machine.versions(), "- Upstream: " + upstream + ", in a process of its own",
				"- Rounds: %d, each contender in a JVM of its own, measured for %d s at each number of callers"
					.formatted(options.rounds(), options.measure().toSeconds()),
				"- Other work on the machine, looked at before each JVM: %.0f %% of all cores%s".formatted(load * 100,
						(load > BUSY) ? ". It was busy: compare the ratios, not the times" : ""),
				"");
	}

}
