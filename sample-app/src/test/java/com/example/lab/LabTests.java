package com.example.lab;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import com.example.lab.Experiment.Description;
import com.example.lab.LabRuns.State;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The lab around its experiments.
 */
@Timeout(60)
class LabTests {

	private final Upstreams upstreams = Upstreams.inProcess("for a test");

	private final List<Experiment> experiments = List.of(new CountingExperiment(30, 3), new CountingExperiment(3, 3));

	@Test
	void progressAndNumbersArePrinted() throws Exception {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		Lab.run(this.upstreams, this.experiments, new PrintStream(out, true, StandardCharsets.UTF_8));
		assertThat(out.toString(StandardCharsets.UTF_8))
			.containsSubsequence("plain Boot: HttpComponentsClientHttpRequestFactoryBuilder as Spring Boot 4.",
					"Tidepool: TidepoolClientHttpRequestFactoryBuilder", "Upstreams run in process: for a test",
					"[1/2] Counting ...", " s", "Why:", "[2/2] Counting ...", "Plain Boot does as well here.",
					"| Counting | things | 30 | 3 | Tidepool | in process |",
					"| Counting | things | 3 | 3 | no difference | in process |")
			.doesNotContain("%");
	}

	@Test
	void resultsAreWrittenAsJson(@TempDir Path folder) throws Exception {
		Path file = folder.resolve("new/lab.json");
		Lab.write(Lab.run(this.upstreams, this.experiments, new PrintStream(new ByteArrayOutputStream())), file);
		JsonNode report = new JsonMapper().readTree(Files.readString(file));
		assertThat(report.at("/setup/upstreams").asString()).isEqualTo("Upstreams run in process: for a test");
		JsonNode first = report.at("/comparisons/0");
		assertThat(first.at("/upstream").asString()).isEqualTo("in process");
		assertThat(first.at("/description/name").asString()).isEqualTo("counting");
		assertThat(first.at("/plain/measures/0/value").asInt()).isEqualTo(30);
		assertThat(first.at("/tidepool/failures/IOException").asInt()).isEqualTo(2);
		assertThat(first.at("/tidepoolProperties/c").asString()).isEqualTo("d");
		assertThat(first.at("/better").asString()).isEqualTo("TIDEPOOL");
	}

	@Test
	void everyExperimentHasItsOwnNameAndFailuresOfItsOwn() {
		List<Description> descriptions = Experiments.all(this.upstreams).stream().map(Experiment::description).toList();
		assertThat(descriptions).hasSize(9).extracting(Description::name).doesNotHaveDuplicates();
		assertThat(descriptions)
			.allSatisfy((description) -> assertThat(description.shows() + description.why()).doesNotContain("%"));
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

}
