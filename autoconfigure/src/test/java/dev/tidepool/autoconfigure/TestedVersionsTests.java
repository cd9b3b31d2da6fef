package dev.tidepool.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.tidepool.actuate.findings.Finding;

import static org.assertj.core.api.Assertions.assertThat;

class TestedVersionsTests {

	@Test
	void whatIsThereIsTested() {
		assertThat(TestedVersions.check()).isEmpty();
	}

	@Test
	void olderLibrariesAreFound() {
		assertThat(TestedVersions.check("5.5.1", "5.3.5")).containsExactly(new Finding("httpclient-old", null,
				"HttpClient 5.5.1 is older than 5.5.2, the oldest that Tidepool is tested with: leave its version to Spring Boot, or raise it",
				null, null),
				new Finding("httpcore-old", null,
						"HttpCore 5.3.5 is older than 5.3.6, the oldest that Tidepool is tested with: leave its version to Spring Boot, or raise it",
						null, null));
	}

	@ParameterizedTest
	@CsvSource({ "5.5.2-beta1, 5.4", "5.2, 5.4", "5.5, 5.4" })
	void olderClientIsFoundHoweverItIsWritten(String client, String core) {
		assertThat(TestedVersions.check(client, core)).extracting(Finding::id).containsExactly("httpclient-old");
	}

	@ParameterizedTest
	@CsvSource({ "5.5.2, 5.3.6", "5.6-alpha1, 5.4-beta2", "5.10, 5.30", "6, 6", ",", "UNAVAILABLE, company-build" })
	void testedNewerAndUnknownVersionsAreNotFound(String client, String core) {
		assertThat(TestedVersions.check(client, core)).isEmpty();
	}

}
