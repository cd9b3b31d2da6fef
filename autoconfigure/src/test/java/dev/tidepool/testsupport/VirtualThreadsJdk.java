package dev.tidepool.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A JDK that has virtual threads: the one that runs this, else one that is installed
 * beside it. Skips a test as {@link NginxServer} does where there is none.
 */
public final class VirtualThreadsJdk {

	private static final int FIRST = 21;

	private VirtualThreadsJdk() {
	}

	/**
	 * Find it, or end the test.
	 * @return its program {@code java}
	 */
	public static Path java() throws IOException {
		Path home = Path.of(System.getProperty("java.home"));
		Path java = Path.of("bin", "java");
		if (Runtime.version().feature() >= FIRST) {
			return home.resolve(java);
		}
		try (Stream<Path> homes = Files.list(home.getParent())) {
			Optional<Path> other = homes.filter((each) -> Files.isExecutable(each.resolve(java)))
				.filter((each) -> feature(each) >= FIRST)
				.findFirst();
			return other.map((each) -> each.resolve(java))
				.orElseGet(() -> RequiredBinary
					.missing("A JDK from %d on is not installed beside %s".formatted(FIRST, home)));
		}
	}

	private static int feature(Path home) {
		try (Stream<String> lines = Files.lines(home.resolve("release"))) {
			return lines.filter((line) -> line.startsWith("JAVA_VERSION="))
				.mapToInt((line) -> Runtime.Version.parse(line.replaceAll("JAVA_VERSION=|\"", "")).feature())
				.findFirst()
				.orElse(0);
		}
		catch (IOException ex) {
			return 0;
		}
	}

}
