package dev.tidepool.starter;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an application gets with the starter, itself first: the tree that Maven printed,
 * and the jars of it, which are on the class path of the tests too.
 */
final class Dependencies {

	private static final Path TREE = Path.of("target", "dependency-tree.txt");

	private static final Pattern ARTIFACT = Pattern.compile("([\\w.-]+):([\\w.-]+):jar:([\\w.-]+)");

	private Dependencies() {
	}

	/**
	 * The tree, in which our own version is left out.
	 */
	static String tree() throws IOException {
		return Files.readString(TREE).replaceAll("(dev\\.tidepool:[\\w-]+:jar):[\\w.-]+", "$1").strip();
	}

	static List<Dependency> all() throws IOException {
		return ARTIFACT.matcher(Files.readString(TREE)).results().map(Dependencies::dependency).toList();
	}

	private static Dependency dependency(MatchResult artifact) {
		String jar = "%s-%s.jar".formatted(artifact.group(2), artifact.group(3));
		return new Dependency(artifact.group(1) + ":" + artifact.group(2), artifact.group(3), find(jar));
	}

	private static Path find(String jar) {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.map(Path::of)
			.filter((path) -> path.endsWith(jar))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("Not on the class path of the tests: " + jar));
	}

	/**
	 * One of them.
	 */
	record Dependency(String name, String version, Path jar) {

		boolean isOurs() {
			return this.name.startsWith("dev.tidepool:");
		}

		long kibibytes() throws IOException {
			return Math.round(Files.size(this.jar) / 1024.0);
		}

	}

}
