package dev.tidepool.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * The measurements of all rounds as a Markdown table, each contender beside the first.
 */
final class Report {

	private final String atOnce;

	private final List<Row> rows = new ArrayList<>();

	/**
	 * Create a report.
	 * @param atOnce what the table calls the number of calls at once
	 */
	Report(String atOnce) {
		this.atOnce = atOnce;
	}

	void add(Contender contender, Measurement measurement) {
		row(contender.title(), measurement.callers()).measured().add(measurement);
	}

	private Row row(String contender, int callers) {
		for (Row row : this.rows) {
			if (row.contender().equals(contender) && row.callers() == callers) {
				return row;
			}
		}
		Row row = new Row(contender, callers, new ArrayList<>());
		this.rows.add(row);
		return row;
	}

	List<String> table() {
		List<String> lines = new ArrayList<>();
		lines.add(
				"| " + this.atOnce + " | | CPU µs a request: least | median | ratio of the least | ratio of the medians"
						+ " | bytes a request: least | median | ratio of the medians | requests/s, median |");
		lines.add("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
		this.rows.stream()
			.sorted(Comparator.comparingInt(Row::callers))
			.map((row) -> line(row, baselineOf(row)))
			.forEach(lines::add);
		return lines;
	}

	/**
	 * How busy the upstream was when it was most.
	 * @return a share of the measured time
	 */
	double upstreamLoad() {
		return this.rows.stream()
			.flatMap((row) -> row.measured().stream())
			.mapToDouble(Measurement::upstreamLoad)
			.max()
			.orElse(0);
	}

	private Row baselineOf(Row row) {
		return this.rows.stream().filter((other) -> other.callers() == row.callers()).findFirst().orElseThrow();
	}

	private static String line(Row row, Row baseline) {
		double cpuLeast = row.least(Measurement::cpuMicrosPerCall);
		double cpuMedian = row.median(Measurement::cpuMicrosPerCall);
		double bytesMedian = row.median(Measurement::bytesPerCall);
		return String.format(Locale.ROOT, "| %,d | %s | %.1f | %.1f | %.2f | %.2f | %,.0f | %,.0f | %.2f | %,.0f |",
				row.callers(), row.contender(), cpuLeast, cpuMedian,
				cpuLeast / baseline.least(Measurement::cpuMicrosPerCall),
				cpuMedian / baseline.median(Measurement::cpuMicrosPerCall), row.least(Measurement::bytesPerCall),
				bytesMedian, bytesMedian / baseline.median(Measurement::bytesPerCall),
				row.median(Measurement::callsPerSecond));
	}

	static double median(DoubleStream values) {
		double[] sorted = values.sorted().toArray();
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	private record Row(String contender, int callers, List<Measurement> measured) {

		double least(ToDoubleFunction<Measurement> value) {
			return this.measured.stream().mapToDouble(value).min().orElseThrow();
		}

		double median(ToDoubleFunction<Measurement> value) {
			return Report.median(this.measured.stream().mapToDouble(value));
		}

	}

}
