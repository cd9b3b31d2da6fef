package dev.tidepool.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The {@code go} that is installed. What it builds needs nothing but its own library:
 * nothing is fetched.
 *
 * @param go the command
 */
record GoToolchain(Path go) {

	/**
	 * Where this process finds commands.
	 */
	static final String PATH = System.getenv().getOrDefault("PATH", "");

	private static final Map<String, String> OFFLINE = Map.of("GO111MODULE", "off", "GOPROXY", "off", "GOTOOLCHAIN",
			"local", "GOFLAGS", "");

	/**
	 * Find it.
	 * @param searchPath the folders of commands, as {@code PATH} has them
	 * @return what was found, empty if there is none
	 */
	static Optional<GoToolchain> find(String searchPath) {
		return Stream.of(searchPath.split(File.pathSeparator))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder, "go"))
			.filter((go) -> Files.isRegularFile(go) && Files.isExecutable(go))
			.findFirst()
			.map(GoToolchain::new);
	}

	String version() throws IOException {
		return run("env", "GOVERSION").strip().replaceFirst("^go", "");
	}

	/**
	 * Build a program.
	 * @param source its only file
	 * @param program where to put it
	 */
	void build(Path source, Path program) throws IOException {
		run("build", "-o", program.toString(), source.toString());
	}

	private String run(String... arguments) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(this.go.toString()).redirectErrorStream(true);
		Stream.of(arguments).forEach(builder.command()::add);
		builder.environment().putAll(OFFLINE);
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes());
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException("%s failed: %s".formatted(builder.command(), output));
		}
		return output;
	}

}
