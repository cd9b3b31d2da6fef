package dev.tidepool.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.HdrHistogram.Histogram;

/**
 * What was seen in one situation, in microseconds but for the rate.
 *
 * @param values requests a second; half, p99, p99.9 and greatest of the closed loop; the
 * same of the open one; the greatest hiccup
 */
record LatencyResult(List<Double> values) {

	static final String HEADING = """
			requests/s | closed loop, µs: p50 | p99 | p99.9 | greatest | open loop, µs: p50 | p99 | p99.9 | greatest \
			| JVM or machine stood still, µs""";

	static LatencyResult of(PacedCallers paced, double callsPerSecond, long hiccup) {
		return new LatencyResult(
				Stream.of(Stream.of(callsPerSecond), of(paced.closed()), of(paced.open()), Stream.of(hiccup / 1e3))
					.flatMap((values) -> values)
					.toList());
	}

	private static Stream<Double> of(Histogram histogram) {
		return Stream
			.of(histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(99),
					histogram.getValueAtPercentile(99.9), histogram.getMaxValue())
			.map((nanos) -> nanos / 1e3);
	}

	static LatencyResult parse(String line) {
		return new LatencyResult(Arrays.stream(line.strip().split(" ")).map(Double::valueOf).toList());
	}

	String format() {
		return this.values.stream().map(String::valueOf).collect(Collectors.joining(" "));
	}

	String cells() {
		return this.values.stream()
			.map((value) -> String.format(Locale.ROOT, "%,.0f", value))
			.collect(Collectors.joining(" | "));
	}

}
