package dev.tidepool.autoconfigure;

import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.TrustManager;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TrustAllStrategy;
import org.apache.hc.core5.ssl.TrustStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.TestRunners;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Certificates and host names are checked, and nothing turns that off.
 */
class TlsDefaultsTests {

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages("dev.tidepool");

	@Test
	void noPropertyTurnsAnyCheckOff() {
		assertThat(MetadataTests.properties().map((property) -> property.path("name").asString()))
			.filteredOn((name) -> name.matches(".*(ssl|tls|trust|cert|verif|insecure|host-?name|protocol|cipher).*"))
			.containsExactlyInAnyOrder("tidepool.ssl.bundle", "tidepool.timeout.tls-handshake");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tidepool.ssl.trust-all", "tidepool.ssl.verify-hostname", "tidepool.ssl.insecure",
			"tidepool.upstreams.orders.ssl.trust-all" })
	void propertyThatWouldTurnACheckOffStopsTheStart(String property) {
		TestRunners.application()
			.withPropertyValues("tidepool.upstreams.orders.hosts=orders", property + "=true")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(property));
	}

	@Test
	void nothingInTheCodeTrustsOrVerifiesByItself() {
		noClasses().should()
			.dependOnClassesThat()
			.areAssignableTo(NoopHostnameVerifier.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(TrustAllStrategy.class)
			.orShould()
			.beAssignableTo(TrustStrategy.class)
			.orShould()
			.beAssignableTo(TrustManager.class)
			.orShould()
			.beAssignableTo(HostnameVerifier.class)
			.check(MAIN);
	}

}
