package dev.tidepool.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another JVM of the same kind, with the same class path.
 */
final class JavaProcess {

	private JavaProcess() {
	}

	/**
	 * How to start it.
	 * @param main the class to run
	 * @param options those of the JVM
	 * @return the command, to add arguments to
	 */
	static List<String> command(Class<?> main, List<String> options) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-classpath", System.getProperty("java.class.path"), main.getName()));
		return command;
	}

}
