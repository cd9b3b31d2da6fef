package com.example.orders;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application on the code that Spring made of its configuration when it was
 * built, in a JVM of its own.
 */
class AotIT extends ModeContract {

	// What System.exit is not asked for: the process was told to end (128 + SIGTERM)
	private static final int TERMINATED = 143;

	@TempDir
	private static Path folder;

	private InItsOwnJvm application;

	@Override
	Running start(String... args) throws IOException {
		this.application = new InItsOwnJvm(folder.resolve("output.log"), args);
		return this.application;
	}

	@Test
	void applicationRunsOnWhatWasMadeAheadOfTime() {
		assertThat(this.application.output()).contains("Starting AOT-processed OrdersApplication");
		assertThat(status("/proxy/inventory/stock/compass")).isEqualTo(HttpStatus.OK);
	}

	@Override
	@Test
	void labIsThereIfNoUpstreamCanBeReal() {
		// Which was not known when it was built
		assertThat(status("/lab")).isEqualTo(HttpStatus.NOT_FOUND);
	}

	/**
	 * Tells its properties in its log.
	 */
	private static final class InItsOwnJvm implements Running {

		private final Path output;

		private final Process process;

		InItsOwnJvm(Path output, String... args) throws IOException {
			this.output = output;
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
							"-Dspring.aot.enabled=true", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
							System.getProperty("java.class.path"), OrdersApplication.class.getName()));
			command.addAll(List.of(args));
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(output.toFile())
				.start();
		}

		@Override
		public String property(String name) {
			return switch (name) {
				case "local.server.port" -> awaitOutput("listens on http://localhost:(\\d+)\\s");
				case "inventory.url" -> awaitOutput("inventory\\.url is not set: .* at (http://\\S+)\\s");
				default -> throw new IllegalArgumentException(name);
			};
		}

		private String awaitOutput(String pattern) {
			Pattern compiled = Pattern.compile(pattern);
			return Awaitility.await()
				.pollDelay(Duration.ZERO)
				.atMost(Duration.ofMinutes(1))
				.conditionEvaluationListener(
						(condition) -> assertThat(this.process.isAlive()).as(this::output).isTrue())
				.until(() -> compiled.matcher(output()), Matcher::find)
				.group(1);
		}

		String output() {
			try {
				return Files.readString(this.output);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() throws InterruptedException {
			this.process.destroy();
			try {
				assertThat(this.process.waitFor(1, TimeUnit.MINUTES)).as("ends in time").isTrue();
				assertThat(this.process.exitValue()).as(this::output).isEqualTo(TERMINATED);
			}
			finally {
				this.process.destroyForcibly();
			}
		}

	}

}
