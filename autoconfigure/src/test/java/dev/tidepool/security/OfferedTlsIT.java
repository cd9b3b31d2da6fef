package dev.tidepool.security;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is offered is not left to the JVM, in which an operator may have allowed what was
 * taken away for good reasons, for something else that runs there.
 */
class OfferedTlsIT {

	private static final String OFFER = "\\[772, 771] (\\d+)";

	@Test
	void oldVersionsAndSuitesAreNotOfferedThoughTheJvmHasThem(@TempDir Path folder) throws Exception {
		Path security = Files.writeString(folder.resolve("old.security"),
				"jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\n");
		Path output = folder.resolve("output.txt");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Djava.security.properties=" + security, "-cp", System.getProperty("java.class.path"),
				OfferedTls.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(Files.readString(output)).contains("offered ");
		String offered = Stream.of(Files.readString(output).split("\n"))
			.filter((line) -> line.startsWith("offered "))
			.findFirst()
			.orElseThrow();
		assertThat(offered.replaceAll(OFFER, "x")).isEqualTo("offered [x, x, x, x]");
	}

}
