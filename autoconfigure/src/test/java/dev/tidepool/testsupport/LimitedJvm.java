package dev.tidepool.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a main class of the tests in a JVM that may open so many files only. All its
 * classes are in jars, as in production: from folders each class takes a descriptor to
 * load, and one that cannot be loaded once is missing for good.
 */
public final class LimitedJvm {

	// Each jar takes a descriptor
	private static final List<String> UNUSED = List.of("archunit", "assertj", "byte-buddy", "jqwik", "junit", "mockito",
			"netty", "micrometer-registry", "micrometer-core", "micrometer-jakarta9", "prometheus", "reactor",
			"spring-boot-micrometer", "spring-boot-actuator", "spring-boot-health", "tomcat", "xmlunit",
			"spring-boot-tomcat", "spring-boot-webflux", "spring-boot-webmvc", "spring-boot-servlet",
			"spring-boot-web-server", "spring-boot-netty", "spring-boot-reactor", "spring-boot-starter",
			"spring-webflux", "spring-webmvc");

	private static final long DEADLINE_SECONDS = 300;

	private LimitedJvm() {
	}

	/**
	 * Run a class to its end.
	 * @param descriptors how many files it may have open
	 * @param folder for what it needs
	 * @param main the class
	 * @param arguments its arguments
	 * @return the properties that it printed
	 */
	public static Properties run(int descriptors, Path folder, Class<?> main, String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("bash", "-c", "ulimit -n %d; exec \"$@\"".formatted(descriptors),
				"limited", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
				classPath(folder), main.getName()));
		command.addAll(List.of(arguments));
		Path output = folder.resolve("output.properties");
		Path log = folder.resolve("log.txt");
		Process process = new ProcessBuilder(command).redirectOutput(output.toFile())
			.redirectError(log.toFile())
			.start();
		try {
			if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw new IllegalStateException("Ended badly, with " + Files.readString(log));
			}
		}
		finally {
			process.destroyForcibly();
		}
		Properties properties = new Properties();
		properties.load(Files.newBufferedReader(output, StandardCharsets.UTF_8));
		return properties;
	}

	private static String classPath(Path folder) throws IOException {
		List<Path> jars = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (Files.isDirectory(path)) {
				jars.add(pack(path, folder.resolve("classes-%d.jar".formatted(jars.size()))));
			}
			else if (UNUSED.stream().noneMatch(path.getFileName().toString()::startsWith)) {
				jars.add(path);
			}
		}
		return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
	}

	private static Path pack(Path classes, Path jar) throws IOException {
		try (OutputStream out = Files.newOutputStream(jar);
				JarOutputStream entries = new JarOutputStream(out);
				Stream<Path> walk = Files.walk(classes)) {
			for (Path file : walk.filter(Files::isRegularFile).toArray(Path[]::new)) {
				String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
				entries.putNextEntry(new JarEntry(name));
				Files.copy(file, entries);
			}
		}
		return jar;
	}

	/**
	 * Print what {@link #run} gives: names and values in turn. Standard output must be
	 * used for nothing else.
	 * @param namesAndValues one after the other
	 */
	public static void print(Object... namesAndValues) {
		String[] texts = Arrays.stream(namesAndValues).map(String::valueOf).toArray(String[]::new);
		for (int i = 0; i < texts.length; i += 2) {
			System.out.println(texts[i] + "=" + texts[i + 1].replace("\\", "\\\\").replace("\n", "\\n"));
		}
	}

}
