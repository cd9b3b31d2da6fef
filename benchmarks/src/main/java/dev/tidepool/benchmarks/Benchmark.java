package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures what was asked for, one section after the other, and writes each into the page
 * as soon as it is there.
 */
final class Benchmark {

	private Benchmark() {
	}

	/**
	 * Run the benchmark.
	 * @param args {@code sections}, {@code contenders}, {@code rounds}, {@code warm-up},
	 * {@code measure}, {@code levels} (callers, or requests in flight),
	 * {@code growth-callers}, {@code latency} (how long it is measured), {@code pause}
	 * (after which it is), {@code jdk} (with virtual threads, blank to search) and
	 * {@code output}, each as {@code name=value}
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		Options options = Options.parse(args).with("core", Boolean.toString(UpstreamCore.isAvailable()));
		Path output = Path.of(options.get("output")).toAbsolutePath().normalize();
		Files.createDirectories(output.getParent());
		Page page = Page.read(output);
		for (Section section : options.sections()) {
			page.put(section, section.measure(options));
			Files.writeString(output, page.format());
		}
		System.out.println(page.format() + "\nWritten to " + output);
	}

}
