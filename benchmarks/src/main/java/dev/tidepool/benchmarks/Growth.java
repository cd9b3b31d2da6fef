package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * How cost grows with one thing at a time: a table for each curve.
 */
final class Growth implements Section.Measuring {

	private static final String TEXT = """
			CPU time of the client's process and bytes that all its threads allocate, HttpClient alone (tuned, as \
			above, or its asynchronous client where that is said) beside Tidepool: of each point the round that cost \
			least. Growth: how many times the CPU time of the curve's first row. %s

			%s%s
			""";

	private final List<Curve> curves;

	Growth(Curve... curves) {
		this.curves = List.of(curves);
	}

	@Override
	public String measure(Options options) throws IOException, InterruptedException {
		if (!UpstreamProcess.hasNginx()) {
			return "Not measured: it needs nginx.";
		}
		Machine machine = new Machine();
		OtherWork others = new OtherWork(machine);
		try (UpstreamProcess upstream = UpstreamProcess.start(options.core(), false)) {
			StringBuilder tables = new StringBuilder();
			for (Curve curve : this.curves) {
				tables.append("\n").append(curve.what()).append("\n\n");
				table(curve, upstream, options, others).forEach((line) -> tables.append(line).append("\n"));
			}
			Conditions conditions = new Conditions(machine, machine.jvm(), upstream.toString(), 0, others.share());
			return TEXT.formatted(GrowthTidepool.TOLD, conditions.list(options), tables);
		}
	}

	private static List<String> table(Curve curve, UpstreamProcess upstream, Options options, OtherWork others)
			throws IOException, InterruptedException {
		List<String> lines = new ArrayList<>(List.of(
				"| %s | CPU µs a request: HttpClient | Tidepool | ratio | growth: HttpClient | Tidepool | bytes a request: HttpClient | Tidepool | %s |"
					.formatted(curve.title(), extraHeading(curve)),
				"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"));
		double firstBaseline = 0;
		double firstTidepool = 0;
		for (int size : curve.points()) {
			System.out.printf("%s: %d%n", curve.title(), size);
			Map<Side, GrowthResult> least = new EnumMap<>(Side.class);
			for (int round = 1; round <= options.rounds(); round++) {
				for (Side side : Side.values()) {
					others.look();
					least.merge(side, GrowthRun.inOwnProcess(curve, side, size, upstream, options), Growth::cheaper);
				}
			}
			GrowthResult baseline = Objects.requireNonNull(least.get(Side.HTTPCLIENT));
			GrowthResult tidepool = Objects.requireNonNull(least.get(Side.TIDEPOOL));
			double baselineCpu = baseline.measurement().cpuMicrosPerCall();
			double tidepoolCpu = tidepool.measurement().cpuMicrosPerCall();
			firstBaseline = (firstBaseline > 0) ? firstBaseline : baselineCpu;
			firstTidepool = (firstTidepool > 0) ? firstTidepool : tidepoolCpu;
			lines.add(
					String.format(Locale.ROOT, "| %,d | %,.1f | %,.1f | %.2f | %.2f | %.2f | %,.0f | %,.0f | %s | %s |",
							size, baselineCpu, tidepoolCpu, tidepoolCpu / baselineCpu, baselineCpu / firstBaseline,
							tidepoolCpu / firstTidepool, baseline.measurement().bytesPerCall(),
							tidepool.measurement().bytesPerCall(), extra(curve, baseline), extra(curve, tidepool)));
		}
		return lines;
	}

	private static GrowthResult cheaper(GrowthResult one, GrowthResult other) {
		return (other.measurement().cpuMicrosPerCall() < one.measurement().cpuMicrosPerCall()) ? other : one;
	}

	private static String extraHeading(Curve curve) {
		if (curve.isOfBytes()) {
			return "MB/s: HttpClient | Tidepool";
		}
		return (curve == Curve.IDLE) ? "heap bytes each: HttpClient | Tidepool" : "requests/s: HttpClient | Tidepool";
	}

	private static String extra(Curve curve, GrowthResult result) {
		double value = result.measurement().callsPerSecond();
		if (curve.isOfBytes()) {
			value = result.megabytesPerSecond();
		}
		else if (curve == Curve.IDLE) {
			value = result.heapBytesEach();
		}
		return String.format(Locale.ROOT, "%,.0f", value);
	}

}
