package com.example.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.json.JsonMapper;

import com.example.lab.Experiment.Description;

/**
 * Runs the lab in a terminal: a line while an experiment runs, then its numbers, in the
 * end a table of all, and the same as JSON in a file.
 */
public final class Lab {

	private static final Path FILE = Path.of("target", "lab.json");

	private Lab() {
	}

	/**
	 * Run the lab.
	 * @param args the file for the JSON, {@code target/lab.json} if there is none
	 * @throws Exception if an experiment fails, once there is a file of those before it
	 */
	public static void main(String[] args) throws Exception {
		logOnlyErrors();
		Path file = ((args.length > 0) ? Path.of(args[0]) : FILE).toAbsolutePath();
		Upstreams upstreams = Upstreams.ofThisMachine();
		run(upstreams, Experiments.all(upstreams), System.out, file);
	}

	/**
	 * Run experiments. If one fails, what came of those before it is told all the same.
	 * @param upstreams what starts their upstreams
	 * @param experiments which
	 * @param out what to print to
	 * @param file what to write the JSON to
	 */
	static void run(Upstreams upstreams, List<Experiment> experiments, PrintStream out, Path file) throws Exception {
		Setup setup = Setup.of(upstreams);
		out.printf("Failures with Spring Boot alone and with Tidepool, side by side.%n");
		out.printf("  %s: %s%n  %s: %s%n  %s%n  %s%n%n", Side.PLAIN.label(), setup.plain(), Side.TIDEPOOL.label(),
				setup.tidepool(), setup.machine(), setup.upstreams());
		Printer printer = new Printer(out);
		Exception failure = null;
		try {
			Runner.run(experiments, printer);
		}
		catch (Exception ex) {
			out.printf(" failed%n%n");
			failure = ex;
		}
		Report report = new Report(setup, List.copyOf(printer.comparisons),
				(failure != null) ? failure.getMessage() : null);
		out.println(Table.summary(report));
		write(report, file);
		out.printf("The same as JSON: %s%n", file);
		if (failure != null) {
			throw failure;
		}
	}

	private static void write(Report report, Path file) throws IOException {
		Files.createDirectories(file.getParent());
		new JsonMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), report);
	}

	// What goes wrong on purpose is told by the lab
	private static void logOnlyErrors() {
		LoggingSystem logging = LoggingSystem.get(Lab.class.getClassLoader());
		logging.beforeInitialize();
		logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
		logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
	}

	private static final class Printer implements Runner.Progress {

		private final List<Comparison> comparisons = new ArrayList<>();

		private final PrintStream out;

		private long begin;

		Printer(PrintStream out) {
			this.out = out;
		}

		@Override
		public void began(int number, int of, Description description) {
			this.begin = System.nanoTime();
			this.out.printf("[%d/%d] %s ...", number, of, description.title());
			this.out.flush();
		}

		@Override
		public void ended(Comparison comparison) {
			this.comparisons.add(comparison);
			this.out.printf(Locale.ROOT, " %.1f s%n", (System.nanoTime() - this.begin) / 1e9);
			this.out.println(Table.details(comparison));
		}

	}

}
