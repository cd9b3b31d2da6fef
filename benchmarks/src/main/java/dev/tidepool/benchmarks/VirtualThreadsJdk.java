package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A JDK that has virtual threads: the one that was named, else the one that runs this,
 * else one that is installed beside that.
 */
final class VirtualThreadsJdk {

	private static final int FIRST = 21;

	private VirtualThreadsJdk() {
	}

	/**
	 * Find it.
	 * @param named the home of a JDK, blank to search
	 * @return its home, empty if there is none
	 */
	static Optional<Path> find(String named) throws IOException {
		if (!named.isBlank()) {
			return Optional.of(Path.of(named));
		}
		if (Runtime.version().feature() >= FIRST) {
			return Optional.of(JavaProcess.HOME);
		}
		return installed().stream()
			.filter((home) -> feature(home) >= FIRST)
			.max(Comparator.comparingInt(VirtualThreadsJdk::feature));
	}

	private static List<Path> installed() throws IOException {
		Path beside = JavaProcess.HOME.getParent();
		if (beside == null) {
			return List.of();
		}
		try (Stream<Path> homes = Files.list(beside)) {
			return homes.filter((home) -> Files.isExecutable(home.resolve("bin").resolve("java"))).toList();
		}
	}

	private static int feature(Path home) {
		try (Stream<String> lines = Files.lines(home.resolve("release"))) {
			return lines.filter((line) -> line.startsWith("JAVA_VERSION="))
				.map((line) -> Runtime.Version.parse(line.replaceAll("JAVA_VERSION=|\"", "")).feature())
				.findFirst()
				.orElse(0);
		}
		catch (IOException ex) {
			return 0;
		}
	}

}
