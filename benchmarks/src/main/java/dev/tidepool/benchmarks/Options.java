package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line said, as {@code name=value}.
 *
 * @param values by name
 */
record Options(Map<String, String> values) {

	Options {
		values = Map.copyOf(values);
	}

	static Options parse(String... args) {
		Map<String, String> values = new TreeMap<>();
		for (String arg : args) {
			int equals = arg.indexOf('=');
			if (equals < 1) {
				throw new IllegalArgumentException("'%s' is not of the form name=value".formatted(arg));
			}
			values.put(arg.substring(0, equals), arg.substring(equals + 1));
		}
		return new Options(values);
	}

	Options with(String name, String value) {
		Map<String, String> values = new TreeMap<>(this.values);
		values.put(name, value);
		return new Options(values);
	}

	List<String> toArguments() {
		return this.values.entrySet().stream().map((entry) -> entry.getKey() + "=" + entry.getValue()).toList();
	}

	String get(String name) {
		String value = this.values.get(name);
		if (value == null) {
			throw new IllegalArgumentException("Argument %s=... is missing".formatted(name));
		}
		return value;
	}

	static String format(List<ProcessHandle> processes) {
		return processes.stream().map((process) -> Long.toString(process.pid())).collect(Collectors.joining(","));
	}

	/**
	 * What serves the calls.
	 * @return its processes
	 */
	List<ProcessHandle> upstream() {
		return Stream.of(get("upstream").split(","))
			.map((pid) -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
			.toList();
	}

	int rounds() {
		return Integer.parseInt(get("rounds"));
	}

	/**
	 * How long the first number of callers warms up, up to four times, until the compiler
	 * rests; the others, whose code is compiled by then, a third of it.
	 * @return the time
	 */
	Duration warmUp() {
		return Duration.parse(get("warm-up"));
	}

	Duration measure() {
		return Duration.parse(get("measure"));
	}

	/**
	 * How long latencies are noted.
	 * @return the time
	 */
	Duration latency() {
		return Duration.parse(get("latency"));
	}

	Duration pause() {
		return Duration.parse(get("pause"));
	}

	/**
	 * Whether the upstream is kept on one core.
	 * @return whether it is
	 */
	boolean core() {
		return Boolean.parseBoolean(get("core"));
	}

	/**
	 * Which tables to measure.
	 * @return the sections
	 */
	List<Section> sections() {
		return Section.of(get("sections"));
	}

	/**
	 * The rows of a table that were asked for.
	 * @param contenders all of them; the first, which the others are compared with, is
	 * always there
	 * @return those
	 */
	List<Contender> selected(List<Contender> contenders) {
		if (get("contenders").equals("all")) {
			return contenders;
		}
		List<Contender> named = Stream.of(get("contenders").split(",")).map(Contender::of).toList();
		return contenders.stream()
			.filter((contender) -> contender == contenders.get(0) || named.contains(contender))
			.toList();
	}

	/**
	 * How many calls are made at once, one number after the other.
	 * @return the numbers
	 */
	List<Integer> callers() {
		return Stream.of(get("callers").split(",")).map(Integer::valueOf).toList();
	}

}
