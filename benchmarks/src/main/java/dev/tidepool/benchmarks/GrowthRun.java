package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One point of a curve: what runs in a JVM of its own.
 */
final class GrowthRun {

	private GrowthRun() {
	}

	/**
	 * Measure it.
	 * @param args the options, {@code curve}, {@code side}, {@code size}, {@code uri},
	 * {@code upstream} (its processes) and {@code results}, each as {@code name=value}
	 */
	public static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Request request = new Request(Exchange.GET, URI.create(options.get("uri")), null);
		GrowthResult result = Curve.valueOf(options.get("curve"))
			.measure(Side.valueOf(options.get("side")), Integer.parseInt(options.get("size")), request, options);
		Files.writeString(Path.of(options.get("results")), result.format());
		System.exit(0);
	}

	static GrowthResult inOwnProcess(Curve curve, Side side, int size, UpstreamProcess upstream, Options options)
			throws IOException, InterruptedException {
		Path results = Files.createTempFile("tidepool-benchmark", ".txt");
		try {
			List<String> command = JavaProcess.command(JavaProcess.HOME, GrowthRun.class,
					List.of("-Xms512m", "-Xmx1g"));
			command.addAll(options.with("curve", curve.name())
				.with("side", side.name())
				.with("size", Integer.toString(size))
				.with("uri", upstream.request(Exchange.GET).uri().toString())
				.with("upstream", Options.format(upstream.processes()))
				.with("results", results.toString())
				.toArguments());
			JavaProcess.run(command, "%s: %d, %s".formatted(curve.title(), size, side.title()));
			return GrowthResult.parse(Files.readString(results));
		}
		finally {
			Files.delete(results);
		}
	}

}
