package dev.tidepool.reactive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No I/O thread is ever blocked. In a JVM of its own, which BlockHound changes for good;
 * on 17, the last that lets it do so without complaint.
 */
@Tag("java17")
@EnabledOnJre(JRE.JAVA_17)
class BlockingIT {

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "calls", "untrusted" })
	void nothingBlocksAnIoThread(String scenario) throws Exception {
		assertThat(run(scenario)).containsExactly("done");
	}

	@Test
	void whatBlocksAnIoThreadIsSeen() throws Exception {
		List<String> seen = run("sleep");
		assertThat(seen).hasSizeGreaterThan(1).endsWith("done");
		assertThat(seen.get(0)).contains("java.lang.Thread.sleep").contains("tidepool-io-");
	}

	private List<String> run(String scenario) throws Exception {
		Path output = this.folder.resolve("output");
		Path log = this.folder.resolve("log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:+AllowRedefinitionToAddDeleteMethods", "-Djdk.attach.allowAttachSelf=true", "-Xmx256m", "-cp",
				System.getProperty("java.class.path"), BlockingScenario.class.getName(), scenario, output.toString())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends in time").isTrue();
			assertThat(process.exitValue()).as(() -> read(log)).isZero();
		}
		finally {
			process.destroyForcibly();
		}
		return Files.readAllLines(output);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

}
