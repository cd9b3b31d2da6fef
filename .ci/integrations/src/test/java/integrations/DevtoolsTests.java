package integrations;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import integrations.devtools.RestartingApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Request;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that Spring Boot's devtools restart because a class of it has changed.
 */
@Timeout(180)
class DevtoolsTests {

	private static final int RESTARTS = 3;

	@TempDir
	private Path folder;

	/**
	 * Restart an application, whose class loader has the application alone, as is usual,
	 * or Tidepool too, as in a workspace that has both.
	 */
	@ParameterizedTest(name = "Tidepool is restarted too: {0}")
	@ValueSource(booleans = { false, true })
	void noThreadAndNoConnectionIsLeftOfTheLivesBefore(boolean restartsTidepool) throws Exception {
		Path classes = Files.createDirectory(this.folder.resolve("classes"));
		copyApplication(classes);
		if (restartsTidepool) {
			Files.writeString(Files.createDirectory(classes.resolve("META-INF")).resolve("spring-devtools.properties"),
					"restart.include.tidepool=/tidepool-[^/]*\\.jar\n");
		}
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			Process process = start(classes, server.url());
			try {
				for (int life = 1; life <= 1 + RESTARTS; life++) {
					int requests = 2 * life;
					Awaitility.await()
						.atMost(Duration.ofSeconds(60))
						.conditionEvaluationListener(
								(condition) -> assertThat(process.isAlive()).as(this::log).isTrue())
						.until(() -> server.requests() == requests);
					// One connection of each client, and none of those that were
					Awaitility.await().until(() -> server.open() == 2);
					Files.writeString(classes.resolve("changed.properties"), "life=" + life);
				}
			}
			finally {
				process.destroyForcibly().waitFor();
			}
			List<Request> reports = server.log().stream().filter((request) -> request.method().equals("POST")).toList();
			assertThat(reports).extracting((report) -> report.header("X-Loader")).containsOnly("RestartClassLoader");
			assertThat(reports.get(0).header("X-Threads")).contains("tidepool-sweeper", "tidepool-io-");
			assertThat(reports).extracting((report) -> report.header("X-Threads"))
				.containsOnly(reports.get(0).header("X-Threads"));
			assertThat(server.accepted()).isEqualTo(2 * (1 + RESTARTS));
		}
	}

	private static void copyApplication(Path classes) throws IOException {
		String name = RestartingApplication.class.getPackageName().replace('.', '/');
		Path from = Path.of("target", "test-classes").resolve(name);
		Path to = Files.createDirectories(classes.resolve(name));
		try (Stream<Path> files = Files.list(from)) {
			for (Path file : files.toList()) {
				Files.copy(file, to.resolve(file.getFileName()));
			}
		}
	}

	private Process start(Path classes, String upstream) throws IOException {
		List<String> classPath = new ArrayList<>(List.of(classes.toString()));
		Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> entry.endsWith(".jar"))
			.forEach(classPath::add);
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Xmx256m", "-cp",
				String.join(File.pathSeparator, classPath), RestartingApplication.class.getName(),
				"--upstream=" + upstream, "--spring.http.serviceclient.upstream.base-url=" + upstream,
				"--spring.main.web-application-type=none", "--spring.main.keep-alive=true",
				"--tidepool.keep-alive.upstream-timeout=5m", "--spring.devtools.restart.poll-interval=100ms",
				"--spring.devtools.restart.quiet-period=50ms", "--spring.devtools.livereload.enabled=false")
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("log").toFile())
			.start();
	}

	private String log() {
		try {
			return Files.readString(this.folder.resolve("log"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
