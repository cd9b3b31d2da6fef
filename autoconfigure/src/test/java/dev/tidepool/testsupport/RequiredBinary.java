package dev.tidepool.testsupport;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/**
 * A program that a test needs. Where it is not installed the test is skipped, or fails if
 * {@value #REQUIRE_SERVERS}=true is set as system property or environment variable.
 */
final class RequiredBinary {

	/**
	 * Set to true where servers that a test needs must be there, as in CI.
	 */
	static final String REQUIRE_SERVERS = "TIDEPOOL_REQUIRE_SERVERS";

	private RequiredBinary() {
	}

	/**
	 * Find a program, or end the test.
	 * @param name its name
	 * @param debianPackage what to install on Debian
	 * @return where it is
	 */
	static Path find(String name, String debianPackage) {
		Stream<String> path = Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(System.getenv("PATH"));
		return Stream.concat(path, Stream.of("/usr/sbin"))
			.map((folder) -> Path.of(folder, name))
			.filter(Files::isExecutable)
			.findFirst()
			.orElseGet(() -> missing(name, debianPackage));
	}

	private static Path missing(String name, String debianPackage) {
		return missing(
				"%s is neither on the PATH nor in /usr/sbin; install it (Debian: %s)".formatted(name, debianPackage));
	}

	/**
	 * End the test.
	 * @param message what is missing
	 * @return nothing
	 */
	static Path missing(String message) {
		boolean required = Boolean.getBoolean(REQUIRE_SERVERS) || Boolean.parseBoolean(System.getenv(REQUIRE_SERVERS));
		if (required) {
			throw new AssertionError(message + ": " + REQUIRE_SERVERS + " is set");
		}
		System.out.println("Skipped: " + message);
		return Assumptions.abort(message);
	}

}
