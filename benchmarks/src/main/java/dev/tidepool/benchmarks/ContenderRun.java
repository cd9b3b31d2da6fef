package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One contender in one round, at each number of calls at once: what runs in a JVM of its
 * own.
 */
final class ContenderRun {

	private ContenderRun() {
	}

	/**
	 * Run one contender.
	 * @param args the options, {@code core}, {@code uri}, {@code upstream} (its
	 * processes), {@code contender} and {@code results}, each as {@code name=value}
	 */
	public static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Contender contender = Section.contender(options.get("contender"));
		URI uri = URI.create(options.get("uri"));
		List<String> results = new ArrayList<>();
		Duration warmUp = options.warmUp();
		for (int callers : options.callers()) {
			results.add(measure(contender, uri, callers, warmUp, options).format());
			// From now on the code is compiled
			warmUp = options.warmUp().dividedBy(3);
		}
		Files.write(Path.of(options.get("results")), results);
	}

	private static Measurement measure(Contender contender, URI uri, int callers, Duration warmUp, Options options)
			throws Exception {
		try (Client client = contender.opening().open(uri, callers)) {
			Traffic traffic = client.traffic(UpstreamProcess.BODY.length(), callers, callers == 1 && options.core());
			Measurement measurement = new Load(traffic, options.upstream()).run(warmUp, options.measure());
			client.check(traffic.calls());
			return measurement;
		}
	}

	/**
	 * Run one contender in a JVM of its own.
	 * @param contender which
	 * @param upstream what it calls
	 * @param options how long and with how many callers
	 * @return one measurement for each number of callers
	 */
	static List<Measurement> inOwnProcess(Contender contender, UpstreamProcess upstream, Options options)
			throws IOException, InterruptedException {
		Path results = Files.createTempFile("tidepool-benchmark", ".txt");
		try {
			List<String> command = JavaProcess.command(ContenderRun.class, List.of("-Xms512m", "-Xmx512m"));
			command.addAll(options.with("contender", contender.name())
				.with("uri", upstream.uri().toString())
				.with("upstream", Options.format(upstream.processes()))
				.with("results", results.toString())
				.toArguments());
			Process process = new ProcessBuilder(command).inheritIO().start();
			try {
				if (process.waitFor() != 0) {
					throw new IllegalStateException(contender.name() + " failed: see above");
				}
			}
			finally {
				process.destroy();
			}
			return Files.readAllLines(results).stream().map(Measurement::parse).toList();
		}
		finally {
			Files.delete(results);
		}
	}

}
