package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The latency of one client in one situation: what runs in a JVM of its own.
 */
final class LatencyRun {

	private static final int CALLERS = 8;

	private LatencyRun() {
	}

	/**
	 * Measure it: as fast as it goes first, then at half that rate.
	 * @param args the options, {@code situation}, {@code side}, {@code uri},
	 * {@code certificate} (blank without TLS), {@code upstream} (its processes) and
	 * {@code results}, each as {@code name=value}
	 */
	public static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Situation situation = Situation.valueOf(options.get("situation"));
		String certificate = options.get("certificate");
		Request request = new Request(situation.exchange(), URI.create(options.get("uri")),
				certificate.isEmpty() ? null : Path.of(certificate));
		try (GrowthClient client = situation.open(Side.valueOf(options.get("side")), request, CALLERS)) {
			Callers.Call call = () -> client.get(request.uri());
			Traffic traffic = new Callers(call, request.exchange().answerLength(), CALLERS, CallerThreads.of(false));
			double most = new Load(traffic, options.upstream()).run(options.warmUp(), options.measure())
				.callsPerSecond();
			PacedCallers paced = new PacedCallers(call, CALLERS, most / 2);
			try (Disturbance disturbance = situation.begin(client, request, options); Hiccups hiccups = new Hiccups()) {
				paced.run(options.latency());
				disturbance.check();
				Files.writeString(Path.of(options.get("results")),
						LatencyResult.of(paced, most / 2, hiccups.greatest()).format());
			}
		}
		System.exit(0);
	}

	static LatencyResult inOwnProcess(Situation situation, Side side, UpstreamProcess upstream, Options options)
			throws IOException, InterruptedException {
		Path results = Files.createTempFile("tidepool-benchmark", ".txt");
		try {
			Request request = upstream.request(situation.exchange());
			List<String> command = JavaProcess.command(JavaProcess.HOME, LatencyRun.class,
					List.of("-Xms512m", "-Xmx512m"));
			command.addAll(options.with("situation", situation.name())
				.with("side", side.name())
				.with("uri", request.uri().toString())
				.with("certificate", Objects.toString(request.certificate(), ""))
				.with("upstream", Options.format(upstream.processes()))
				.with("results", results.toString())
				.toArguments());
			JavaProcess.run(command, situation.title() + ", " + side.title());
			return LatencyResult.parse(Files.readString(results));
		}
		finally {
			Files.delete(results);
		}
	}

}
