package dev.tidepool.benchmarks;

import java.io.IOException;
import java.time.LocalDate;

/**
 * Where and how something was measured.
 *
 * @param machine the machine
 * @param jvm the JVM that was measured
 * @param upstream what was called
 * @param upstreamLoad the share of the time that it was busy at most, 0 if nobody looked
 * @param load what others took of the machine, from 0 to 1
 */
record Conditions(Machine machine, String jvm, String upstream, double upstreamLoad, double load) {

	/**
	 * Above this share of the machine, the work of others is in the numbers.
	 */
	private static final double BUSY = 0.05;

	private static final String LIST = """
			- Date: %s
			- Machine: %s
			- JVM: %s
			- Versions: %s
			- Upstream: %s, in a process of its own%s. %s
			- Rounds: %d, each contender in a JVM of its own, measured for %d s at each point
			- Other work on the machine, looked at before each JVM: %.0f %% of all cores. %s
			""";

	String list(Options options) throws IOException {
		return LIST.formatted(LocalDate.now(), this.machine.hardware(), this.jvm, this.machine.versions(),
				this.upstream,
				(this.upstreamLoad > 0) ? ", busy for %.0f %% of the time at most".formatted(this.upstreamLoad * 100)
						: "",
				options.core()
						? "Kept on one core, which one caller alone shares: waking across cores costs more than a call"
						: "On any core, so that with one caller the system's choice decides more than the contender",
				options.rounds(), options.measure().toSeconds(), this.load * 100,
				(this.load > BUSY) ? "Busy: compare the ratios, not the times" : "Quiet");
	}

}
