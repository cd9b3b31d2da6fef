package dev.tidepool.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The starts of one application.
 */
final class StartUpTimes {

	private final List<Start> starts = new ArrayList<>();

	void add(Start start) {
		this.starts.add(start);
	}

	double least(ToDoubleFunction<Start> value) {
		return this.starts.stream().mapToDouble(value).min().orElseThrow();
	}

	double median(ToDoubleFunction<Start> value) {
		return Report.median(this.starts.stream().mapToDouble(value));
	}

	/**
	 * One start.
	 *
	 * @param millis how long it took
	 * @param cpuMillis the CPU time of the process meanwhile
	 * @param heap used bytes afterwards
	 * @param tidepool whether Tidepool was there
	 */
	record Start(double millis, double cpuMillis, long heap, boolean tidepool) {

		static Start parse(String line) {
			String[] parts = line.strip().split(" ");
			return new Start(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Long.parseLong(parts[2]),
					Boolean.parseBoolean(parts[3]));
		}

	}

}
