package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM with the same class path.
 */
final class JavaProcess {

	/**
	 * Where this JVM comes from.
	 */
	static final Path HOME = Path.of(System.getProperty("java.home"));

	private static final Duration LONGEST = Duration.ofMinutes(15);

	private JavaProcess() {
	}

	/**
	 * How to start it.
	 * @param home where the JVM comes from
	 * @param main the class to run
	 * @param options those of the JVM
	 * @return the command, to add arguments to
	 */
	static List<String> command(Path home, Class<?> main, List<String> options) {
		List<String> command = new ArrayList<>();
		command.add(home.resolve(Path.of("bin", "java")).toString());
		command.addAll(options);
		command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
		return command;
	}

	/**
	 * Run a command to its end, which has to come in time, and show what it says.
	 * @param command the command
	 * @param what what failed, if it did
	 */
	static void run(List<String> command, String what) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).inheritIO().start();
		try {
			if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("%s did not end in %s".formatted(what, LONGEST));
			}
			if (process.exitValue() != 0) {
				throw new IllegalStateException(what + " failed: see above");
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

}
