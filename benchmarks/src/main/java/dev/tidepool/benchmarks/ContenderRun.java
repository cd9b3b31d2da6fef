package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One contender in one round, at each number of calls at once: what runs in a JVM of its
 * own.
 */
final class ContenderRun {

	private ContenderRun() {
	}

	/**
	 * Run one contender.
	 * @param args the options, {@code core}, {@code exchange}, {@code uri},
	 * {@code certificate} (blank without TLS), {@code upstream} (its processes),
	 * {@code contender} and {@code results}, each as {@code name=value}
	 */
	public static void main(String[] args) throws Exception {
		Options options = Options.parse(args);
		Contender contender = Contender.of(options.get("contender"));
		String certificate = options.get("certificate");
		Request request = new Request(Exchange.valueOf(options.get("exchange")), URI.create(options.get("uri")),
				certificate.isEmpty() ? null : Path.of(certificate));
		List<String> results = new ArrayList<>(List.of(new Machine().jvm()));
		Duration warmUp = options.warmUp();
		for (int callers : options.callers()) {
			results.add(measure(contender, request, callers, warmUp, options).format());
			// From now on the code is compiled
			warmUp = options.warmUp().dividedBy(3);
		}
		Files.write(Path.of(options.get("results")), results);
		// Jetty's client has threads of its own that nobody ends
		System.exit(0);
	}

	private static Measurement measure(Contender contender, Request request, int callers, Duration warmUp,
			Options options) throws Exception {
		boolean alone = callers == 1 && options.core();
		try (Client client = contender.open(request, callers)) {
			long before = 0;
			if (alone) {
				// The compiler needs the other cores
				Traffic first = traffic(client, contender, request, callers);
				new Load(first, options.upstream()).run(warmUp, Duration.ZERO);
				before = first.calls();
				UpstreamCore.keepProcess();
			}
			Traffic traffic = traffic(client, contender, request, callers);
			Measurement measurement = new Load(traffic, options.upstream()).run(alone ? warmUp.dividedBy(3) : warmUp,
					options.measure());
			client.check(before + traffic.calls());
			return measurement;
		}
		finally {
			if (alone) {
				UpstreamCore.releaseProcess();
			}
		}
	}

	private static Traffic traffic(Client client, Contender contender, Request request, int callers) {
		return client.traffic(request.exchange().answerLength(), callers, contender.isVirtual());
	}

	/**
	 * Run one contender in a JVM of its own.
	 * @param home where the JVM comes from
	 * @param contender which
	 * @param request what it calls
	 * @param upstream the processes of who answers
	 * @param options how long and with how many callers
	 * @return one measurement for each number of callers
	 */
	static Results inOwnProcess(Path home, Contender contender, Request request, List<ProcessHandle> upstream,
			Options options) throws IOException, InterruptedException {
		Path results = Files.createTempFile("tidepool-benchmark", ".txt");
		try {
			List<String> command = JavaProcess.command(home, ContenderRun.class, List.of("-Xms512m", "-Xmx512m"));
			command.addAll(options.with("contender", contender.id())
				.with("uri", request.uri().toString())
				.with("certificate", Objects.toString(request.certificate(), ""))
				.with("upstream", Options.format(upstream))
				.with("results", results.toString())
				.toArguments());
			JavaProcess.run(command, contender.title());
			List<String> lines = Files.readAllLines(results);
			return new Results(lines.get(0), lines.stream().skip(1).map(Measurement::parse).toList());
		}
		finally {
			Files.delete(results);
		}
	}

	/**
	 * What was measured.
	 *
	 * @param jvm what ran it
	 * @param measurements one for each number of callers
	 */
	record Results(String jvm, List<Measurement> measurements) {

	}

}
