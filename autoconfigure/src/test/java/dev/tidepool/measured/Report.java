package dev.tidepool.measured;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

import org.apache.hc.core5.util.VersionInfo;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

import dev.tidepool.testsupport.NginxServer;

/**
 * A Markdown page of tables: what was measured, what is required, what plain Boot does in
 * the same run, what Tidepool does.
 */
final class Report {

	private final StringBuilder text = new StringBuilder();

	private final List<String> missed = new ArrayList<>();

	void section(String title) {
		this.text.append("\n## ").append(title).append("\n\n");
		line("What", "Required", "Plain Boot", "Tidepool", "Reached");
		line("---", "---", "---", "---", "---");
	}

	/**
	 * Add a line to the table.
	 * @param what what was measured
	 * @param required what Tidepool has to reach
	 * @param results what was measured
	 * @param display what to show of a result
	 * @param reached whether a result is what is required
	 */
	<T> void row(String what, String required, Both<T> results, Function<T, ?> display, Predicate<T> reached) {
		boolean isReached = reached.test(results.tidepool());
		if (!isReached) {
			this.missed.add(what + ": required " + required + ", but was " + display.apply(results.tidepool()));
		}
		line(what, required, display.apply(results.plainBoot()), display.apply(results.tidepool()),
				required.isEmpty() ? "" : isReached ? "yes" : "**no**");
	}

	/**
	 * Add a line with a count that has to be met.
	 */
	<T> void exactly(String what, int required, Both<T> results, ToIntFunction<T> count) {
		row(what, String.valueOf(required), results, count::applyAsInt,
				(result) -> count.applyAsInt(result) == required);
	}

	/**
	 * Add a line with a count that must not be passed.
	 */
	<T> void atMost(String what, int required, Both<T> results, ToIntFunction<T> count) {
		row(what, "at most " + required, results, count::applyAsInt, (result) -> count.applyAsInt(result) <= required);
	}

	/**
	 * Add a line with a count that only explains others.
	 */
	<T> void count(String what, Both<T> results, ToIntFunction<T> count) {
		row(what, "", results, count::applyAsInt, (result) -> true);
	}

	/**
	 * Add text below the tables so far.
	 */
	void note(String note) {
		this.text.append("\n").append(note).append("\n");
	}

	private void line(Object... cells) {
		for (Object cell : cells) {
			this.text.append("| ").append(cell).append(" ");
		}
		this.text.append("|\n");
	}

	/**
	 * Lines of which Tidepool does not reach what is required.
	 */
	List<String> missed() {
		return this.missed;
	}

	/**
	 * Write the page.
	 * @param file where to
	 * @param title the heading
	 * @param command the command that writes it
	 */
	void write(Path file, String title, String command) throws IOException {
		String date = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'")
			.withZone(ZoneOffset.UTC)
			.format(Instant.now());
		String head = """
				# %s

				Written by one command, which measures both sides in the same run:

				    %s

				- Date: %s
				- Machine: %s %s, %d cores
				- JVM: %s %s
				- Spring Boot %s, Spring Framework %s, HttpClient %s, HttpCore %s, nginx %s
				""".formatted(title, command, date, System.getProperty("os.name"), System.getProperty("os.arch"),
				Runtime.getRuntime().availableProcessors(), System.getProperty("java.vm.name"),
				System.getProperty("java.runtime.version"), SpringBootVersion.getVersion(), SpringVersion.getVersion(),
				version("org.apache.hc.client5"), version("org.apache.hc.core5"), NginxServer.version());
		Files.createDirectories(file.getParent());
		Files.writeString(file, head + this.text);
	}

	private static String version(String apacheModule) {
		return VersionInfo.loadVersionInfo(apacheModule, Report.class.getClassLoader()).getRelease();
	}

}
