package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long the slowest calls take at half of what is possible, whatever goes on.
 */
final class Latency implements Section.Measuring {

	private static final String TEXT = """
			8 callers fetch 180 bytes at half of the rate that each client reached before, for %d s in each situation. \
			Closed loop: from when a call was sent. Open loop: from when it should have been sent, so that a slow \
			call hides none that it delayed; in it is what each thread wakes up late that waited for its turn, the \
			same for both. The last column is by how much a thread without work was late at most, since the JVM (its \
			collector, say) or the machine stood still. %s But for canaries, of which it learns.

			%s

			%s
			| Situation | | %s |
			| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
			%s
			""";

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		if (!UpstreamProcess.hasNginx()) {
			return "Not measured: it needs nginx.";
		}
		Machine machine = new Machine();
		StringBuilder rows = new StringBuilder();
		String name = "";
		OtherWork others = new OtherWork(machine);
		for (Situation situation : Situation.values()) {
			try (UpstreamProcess upstream = UpstreamProcess.start(options.core(), situation.exchange().isTls())) {
				name = upstream.toString();
				for (Side side : Side.values()) {
					others.look();
					System.out.printf("Latency: %s, %s%n", situation.title(), side.title());
					rows.append("| %s | %s | %s |%n".formatted(situation.title(), side.title(),
							LatencyRun.inOwnProcess(situation, side, upstream, options).cells()));
				}
			}
		}
		String situations = Stream.of(Situation.values())
			.map((situation) -> "- %s: %s.".formatted(situation.title(), situation.what(options)))
			.collect(Collectors.joining("\n"));
		return TEXT.formatted(options.latency().toSeconds(), GrowthTidepool.TOLD, situations,
				new Conditions(machine, machine.jvm(), name, 0, others.share())
					.list(options.with("rounds", "1").with("measure", options.get("latency"))),
				LatencyResult.HEADING, rows);
	}

}
