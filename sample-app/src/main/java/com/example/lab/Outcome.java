package com.example.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What an experiment counted on one side.
 *
 * @param measures the numbers
 * @param failures the calls that failed, by the type of the failure
 */
record Outcome(List<Measure> measures, Map<String, Integer> failures) {

	static Outcome of(Calls calls) {
		return new Outcome(List.of(), calls.failures()).with("threads in calls at most", calls.mostThreads());
	}

	Outcome with(String name, double value) {
		return with(name, value, "");
	}

	Outcome with(String name, double value, String unit) {
		List<Measure> all = new ArrayList<>(this.measures);
		all.add(new Measure(name, value, unit));
		return new Outcome(List.copyOf(all), this.failures);
	}

	Measure measure(String name) {
		return this.measures.stream()
			.filter((measure) -> measure.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no '%s' in %s".formatted(name, this.measures)));
	}

	double value(String name) {
		return measure(name).value();
	}

	String failuresText() {
		return this.failures.isEmpty() ? "none"
				: this.failures.entrySet()
					.stream()
					.map((failure) -> failure.getValue() + " " + failure.getKey())
					.collect(Collectors.joining(", "));
	}

}
