package dev.tidepool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.FaultCase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every fault has a test through each client, plain and on TLS, and what is written of
 * them is what there is. To write it anew:
 * {@code mvn -pl autoconfigure test -Dtest=FaultDocumentationTests -Dtidepool.docs.write=true}
 */
class FaultDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "faults.md");

	private static final int CASES = 65;

	private final List<Fault> faults = Fault.all();

	private final List<FaultTest> tests = FaultTest.all();

	@Test
	void faultsAreNumberedFromOne() {
		assertThat(this.faults).extracting(Fault::number).hasSize(CASES);
		assertThat(this.faults.get(0).number()).isOne();
		assertThat(this.faults).isSortedAccordingTo((a, b) -> (b.number() - a.number() == 1) ? -1 : 1);
	}

	@Test
	void everyFaultHasATestWhereItCanBe() {
		List<String> missing = new ArrayList<>();
		for (Fault fault : this.faults) {
			for (FaultPlace place : FaultPlace.all()) {
				if (fault.exempt(place) == null && testsOf(fault).noneMatch((test) -> test.isAt(place))) {
					missing.add(fault.number() + " " + place);
				}
			}
		}
		assertThat(missing).as("faults without a test").isEmpty();
	}

	@Test
	void nothingIsSaidToBeImpossibleThatIsTested() {
		for (Fault fault : this.faults) {
			for (FaultPlace place : FaultPlace.all()) {
				assertThat(fault.exempt(place) != null && testsOf(fault).anyMatch((test) -> test.isAt(place)))
					.as("%d is tested with %s, and said to be impossible there", fault.number(), place)
					.isFalse();
			}
		}
	}

	@Test
	void documentIsThatOfTheTests() throws IOException {
		if (Boolean.getBoolean("tidepool.docs.write")) {
			Files.writeString(DOCUMENT, document());
		}
		assertThat(Files.readString(DOCUMENT)).as("stale; write it anew with -Dtidepool.docs.write=true")
			.isEqualTo(document());
	}

	private Stream<FaultTest> testsOf(Fault fault) {
		return this.tests.stream().filter((test) -> test.faults().contains(fault.number()));
	}

	private String document() {
		StringBuilder text = new StringBuilder(
				"""
						# Faults

						What an upstream, a network, a caller or a configuration can do, and the test that shows what Tidepool makes of
						it: through RestClient and through WebClient, on plain connections and on TLS. Written by
						`FaultDocumentationTests` from `faults.txt` and the tests that are annotated with `@FaultCase`; a fault
						without a test fails the build.

						The tests of a *Contract* run against a server that is scripted byte by byte. They say what the caller gets, and
						how many requests and connections the server sees; each ends with nothing active, nobody pending, as many sockets
						as the pool knows of, calls to the same upstream that get their own answers, and, once the application is closed,
						no thread and no descriptor more than before.
						""");
		String heading = "";
		for (Fault fault : this.faults) {
			if (!fault.heading().equals(heading)) {
				heading = fault.heading();
				text.append("\n## %s\n\n| | Fault | Test | RestClient | WebClient |\n|---|---|---|---|---|\n"
					.formatted(heading));
			}
			text.append(rows(fault));
		}
		return text.toString();
	}

	private String rows(Fault fault) {
		List<String> rows = testsOf(fault)
			.map((test) -> "`%s` | %s | %s".formatted(test.name(), test.over(FaultCase.Client.REST_CLIENT),
					test.over(FaultCase.Client.WEB_CLIENT)))
			.collect(Collectors.toCollection(ArrayList::new));
		fault.exemptions().forEach((where, why) -> rows.add("*not for %s: %s* | | ".formatted(where, why)));
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < rows.size(); i++) {
			text.append((i == 0) ? "| %d | %s | ".formatted(fault.number(), fault.title()) : "| | | ")
				.append(rows.get(i))
				.append(" |\n");
		}
		return text.toString();
	}

}
