package dev.tidepool.everywhere;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.VirtualThreadsJdk;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers on virtual threads, in a JVM of a JDK that has them.
 */
class VirtualThreadsIT {

	@TempDir
	private Path folder;

	@ParameterizedTest(name = "TLS: {0}")
	@ValueSource(booleans = { false, true })
	void callersThatWaitLeaveTheirCarrierToTheOthers(boolean tls) throws Exception {
		Properties seen = run(Boolean.toString(tls));
		String callers = Integer.toString(VirtualThreadsScenario.CALLERS);
		assertThat(seen).containsAllEntriesOf(Map.of("fine", callers, "virtual", callers));
		// The upstream had as many requests at a time as there may be connections
		assertThat(seen).containsEntry("missing", "0")
			.containsEntry("accepted", Integer.toString(VirtualThreadsScenario.LIMIT))
			.containsEntry("requests", Integer.toString(VirtualThreadsScenario.CALLERS + 1));
	}

	private Properties run(String... arguments) throws Exception {
		Path output = this.folder.resolve("output.properties");
		Path log = this.folder.resolve("log");
		Process process = new ProcessBuilder(VirtualThreadsJdk.java().toString(),
				"-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1", "-Xmx256m",
				"-cp", System.getProperty("java.class.path"), VirtualThreadsScenario.class.getName(),
				String.join(" ", arguments))
			.redirectOutput(output.toFile())
			.redirectError(log.toFile())
			.start();
		try {
			assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("ends in time").isTrue();
			assertThat(process.exitValue()).as(() -> read(log)).isZero();
		}
		finally {
			process.destroyForcibly();
		}
		Properties seen = new Properties();
		seen.load(Files.newBufferedReader(output));
		return seen;
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
