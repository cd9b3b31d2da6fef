package com.example.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import com.example.lab.Experiment.Description;
import com.example.lab.LabRuns.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * The lab around its experiments.
 */
@Timeout(60)
class LabTests {

	private static final Upstreams UPSTREAMS = Upstreams.inProcess("for a test");

	@TempDir
	private Path folder;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	@Test
	void progressAndNumbersArePrinted() throws Exception {
		runLab(new CountingExperiment(30, 3), new CountingExperiment(3, 3));
		assertThat(this.out.toString(StandardCharsets.UTF_8))
			.containsSubsequence("plain Boot: HttpComponentsClientHttpRequestFactoryBuilder as Spring Boot 4.",
					"Tidepool: TidepoolClientHttpRequestFactoryBuilder", "Upstreams run in process: for a test",
					"[1/2] Counting ...", " s", "Why:", "[2/2] Counting ...", "Plain Boot does as well here.",
					"| Counting | things | 30 | 3 | Tidepool | in process |",
					"| Counting | things | 3 | 3 | no difference | in process |")
			.doesNotContain("%");
	}

	@Test
	void resultsAreWrittenAsJson() throws Exception {
		runLab(new CountingExperiment(30, 3), new CountingExperiment(3, 3));
		JsonNode report = report();
		assertThat(report.at("/setup/upstreams").asString()).isEqualTo("Upstreams run in process: for a test");
		JsonNode first = report.at("/comparisons/0");
		assertThat(first.at("/upstream").asString()).isEqualTo("in process");
		assertThat(first.at("/description/name").asString()).isEqualTo("counting");
		assertThat(first.at("/plain/measures/0/value").asInt()).isEqualTo(30);
		assertThat(first.at("/tidepool/failures/IOException").asInt()).isEqualTo(2);
		assertThat(first.at("/tidepoolProperties/c").asString()).isEqualTo("d");
		assertThat(first.at("/better").asString()).isEqualTo("TIDEPOOL");
		assertThat(report.at("/comparisons").size()).isEqualTo(2);
		assertThat(report.at("/failure").isNull()).isTrue();
	}

	@Test
	void experimentThatIsNotOverInTimeIsInterrupted() throws Exception {
		CountDownLatch interrupted = new CountDownLatch(1);
		Experiment stuck = stuck(() -> {
			try {
				return never();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
				throw ex;
			}
		});
		assertThatIllegalStateException().isThrownBy(() -> Runner.compare(stuck))
			.withMessage("'Broken' was not over after 100 ms");
		assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void experimentThatFailsLosesNothingOfThoseBefore() throws Exception {
		Experiment failing = new BrokenExperiment(() -> {
			throw new AssertionError("no such thing");
		}, Duration.ofMinutes(1));
		assertThatIllegalStateException()
			.isThrownBy(() -> runLab(new CountingExperiment(30, 3), failing, new CountingExperiment(3, 3)))
			.withMessage("'Broken' failed: java.lang.AssertionError: no such thing");
		assertThat(this.out.toString(StandardCharsets.UTF_8))
			.containsSubsequence("[2/3] Broken ... failed", "| Counting | things | 30 | 3 | Tidepool | in process |",
					"Ended early: 'Broken' failed: java.lang.AssertionError: no such thing", "The same as JSON")
			.doesNotContain("[3/3]");
		assertThat(report().at("/comparisons").size()).isOne();
		assertThat(report().at("/failure").asString()).startsWith("'Broken' failed");
	}

	@Test
	void exitCodeTellsThatAnExperimentWasNotOverInTime() throws Exception {
		Path output = this.folder.resolve("output.log");
		Process lab = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), StuckLab.class.getName(), file().toString())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			int code = lab.waitFor();
			assertThat(Files.readString(output)).contains("Ended early: 'Broken' was not over after 100 ms");
			assertThat(code).isOne();
		}
		finally {
			lab.destroyForcibly();
		}
		assertThat(report().at("/comparisons").size()).isOne();
		assertThat(report().at("/failure").asString()).isEqualTo("'Broken' was not over after 100 ms");
	}

	@Test
	void everyExperimentHasANameOfItsOwnAndNoPlaceholderIsLeft() {
		List<Description> descriptions = Experiments.all(UPSTREAMS).stream().map(Experiment::description).toList();
		assertThat(descriptions).hasSize(9).extracting(Description::name).doesNotHaveDuplicates();
		assertThat(descriptions)
			.allSatisfy((description) -> assertThat(description.shows() + description.why()).doesNotContain("%"));
	}

	@Test
	void anotherRunMayStartAfterAnError() {
		LabRuns runs = new LabRuns((upstreams) -> {
			throw new NoClassDefFoundError("com/example/Gone");
		});
		for (int i = 0; i < 2; i++) {
			assertThat(runs.start()).isTrue();
			await().dontCatchUncaughtExceptions().until(() -> !runs.state().running());
			assertThat(runs.state()).extracting(State::progress, State::failure)
				.containsExactly("Failed", "An error: see the console");
		}
	}

	@Test
	void runThatFailsNamesTheExperimentBesideTheResultsOfThoseBefore() {
		LabRuns runs = new LabRuns((upstreams) -> List.of(new CountingExperiment(30, 3), stuck(LabTests::never)));
		assertThat(runs.start()).isTrue();
		await().until(() -> !runs.state().running());
		assertThat(runs.state()).extracting(State::progress, State::failure)
			.containsExactly("Failed", "'Broken' was not over after 100 ms");
		assertThat(runs.state().comparisons()).hasSize(1);
	}

	@Test
	void runEndsWithTheApplication() throws Exception {
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		LabRuns runs = new LabRuns((upstreams) -> List.of(new CountingExperiment(3, 3, new Semaphore(0))));
		assertThat(runs.start()).isTrue();
		assertThat(runs.start()).isFalse();
		await().until(() -> runs.state().progress().startsWith("1 of 1"));
		runs.destroy();
		assertThat(runs.state()).extracting(State::running, State::progress).containsExactly(false, "Failed");
		await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> thread.getName().startsWith("lab"))
			.allMatch(before::contains));
	}

	private void runLab(Experiment... experiments) throws Exception {
		Lab.run(UPSTREAMS, List.of(experiments), new PrintStream(this.out, true, StandardCharsets.UTF_8), file());
	}

	private Path file() {
		return this.folder.resolve("new/lab.json");
	}

	private JsonNode report() throws IOException {
		return new JsonMapper().readTree(Files.readString(file()));
	}

	private static Experiment stuck(Callable<Outcome> plain) {
		return new BrokenExperiment(plain, Duration.ofMillis(100));
	}

	private static Outcome never() throws InterruptedException {
		new Semaphore(0).acquire();
		throw new IllegalStateException("Nobody has a permit");
	}

	/**
	 * A lab whose second experiment is never over.
	 */
	static final class StuckLab {

		private StuckLab() {
		}

		public static void main(String[] args) throws Exception {
			Lab.run(UPSTREAMS, List.of(new CountingExperiment(30, 3), stuck(LabTests::never)), System.out,
					Path.of(args[0]));
		}

	}

}
