package dev.tidepool.connections;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import org.apache.hc.core5.util.VersionInfo;
import org.springframework.boot.SpringBootVersion;
import org.springframework.core.SpringVersion;

import dev.tidepool.testsupport.NginxServer;

/**
 * A Markdown page of tables, which remembers what was required and not reached.
 */
public final class Page {

	private final StringBuilder text = new StringBuilder();

	private final List<String> missed = new ArrayList<>();

	private final double loadBefore = load();

	private String section = "";

	public void section(String title, String... columns) {
		this.section = title;
		this.text.append("\n## ").append(title).append("\n\n");
		table(columns);
	}

	public void table(String... columns) {
		row((Object[]) columns);
		row(Collections.nCopies(columns.length, "---").toArray());
	}

	public void row(Object... cells) {
		for (Object cell : cells) {
			this.text.append("| ").append(display(cell)).append(" ");
		}
		this.text.append("|\n");
	}

	/**
	 * Add a line with what is required, and whether that was reached.
	 */
	public void required(String what, String required, Object measured, boolean reached) {
		row(what, required, measured, verdict(what + ": " + display(measured), reached));
	}

	/**
	 * What to write of a requirement.
	 * @param what what was measured, to name if it was not reached
	 * @param reached whether it was
	 * @return the content of a cell
	 */
	public String verdict(String what, boolean reached) {
		if (!reached) {
			this.missed.add(this.section + ": " + what);
		}
		return reached ? "yes" : "**no**";
	}

	public void note(String note) {
		this.text.append("\n").append(note).append("\n\n");
	}

	private static String display(Object cell) {
		return (cell instanceof Duration duration) ? millis(duration) : String.valueOf(cell);
	}

	public static String millis(Duration duration) {
		double millis = duration.toNanos() / 1e6;
		return String.format(Locale.ROOT, (millis < 100) ? "%.3f ms" : "%.0f ms", millis);
	}

	public static String seconds(Duration duration) {
		return (duration != null) ? String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9) : "nothing";
	}

	public static String percent(double share) {
		return String.format(Locale.ROOT, "%.1f %%", 100 * share);
	}

	/**
	 * What was required, and not reached.
	 */
	public List<String> missed() {
		return this.missed;
	}

	/**
	 * Write the page.
	 * @param file where to
	 * @param title the heading
	 * @param command the command that writes it
	 */
	public void write(Path file, String title, String command) throws IOException {
		String date = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'")
			.withZone(ZoneOffset.UTC)
			.format(Instant.now());
		String head = String.format(Locale.ROOT, """
				# %s

				Written by one command:

				    %s

				- Date: %s
				- Machine: %s %s, %d cores; load average %.1f before and %.1f after
				- JVM: %s %s
				- Spring Boot %s, Spring Framework %s, HttpClient %s, HttpCore %s, nginx %s
				""", title, command, date, System.getProperty("os.name"), System.getProperty("os.arch"),
				Runtime.getRuntime().availableProcessors(), this.loadBefore, load(), System.getProperty("java.vm.name"),
				System.getProperty("java.runtime.version"), SpringBootVersion.getVersion(), SpringVersion.getVersion(),
				version("org.apache.hc.client5"), version("org.apache.hc.core5"), NginxServer.version());
		Files.createDirectories(file.getParent());
		Files.writeString(file, head + this.text.toString().replace("\n\n\n", "\n\n").stripTrailing() + "\n");
	}

	private static double load() {
		return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
	}

	private static String version(String apacheModule) {
		return VersionInfo.loadVersionInfo(apacheModule, Page.class.getClassLoader()).getRelease();
	}

}
