package dev.tidepool.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which settings hold for which host.
 */
class UpstreamCatalogTests {

	// In no order on purpose
	private static final List<String> PATTERNS = List.of("*.example.com", "api.example.com", "*.b.example.com",
			"api.example.com:8443", "*.example.com:8443", "[::1]", "[::1]:9000", "*.com", "10.0.0.1",
			"pay.example.com");

	@ParameterizedTest(name = "{0}:{1} -> {2}")
	@CsvSource({ "api.example.com, 8443, api.example.com:8443", "api.example.com, 443, api.example.com",
			"API.Example.com, 443, api.example.com", "x.example.com, 8443, *.example.com:8443",
			"x.example.com, 443, *.example.com", "x.b.example.com, 443, *.b.example.com",
			"x.b.example.com, 8443, *.example.com:8443", "b.example.com, 443, *.example.com", "example.com, 443, *.com",
			"example.com, 8443, *.com", "::1, 9000, [::1]:9000", "::1, 80, [::1]", "10.0.0.1, 80, 10.0.0.1",
			"pay.example.com, 8443, pay.example.com", "com, 80, ", "example.org, 80, ", "10.0.0.2, 80, " })
	void mostExactPatternWins(String host, int port, String expected) {
		List<String> patterns = new ArrayList<>(PATTERNS);
		for (int seed = 0; seed < 20; seed++) {
			Collections.shuffle(patterns, new Random(seed));
			assertThat(catalog(patterns).find(host, port).name()).as("patterns %s", patterns).isEqualTo(expected);
		}
	}

	@Test
	void hostWithoutPatternHasTheDefaults() {
		UpstreamCatalog catalog = catalog(PATTERNS);
		assertThat(catalog.find("example.org", 80)).isSameAs(catalog.defaults()).isSameAs(UpstreamSettings.DEFAULTS);
		assertThat(catalog(List.of()).find("orders", 80)).isSameAs(UpstreamSettings.DEFAULTS);
	}

	@Test
	void allHasEachSettingsOnceAndTheDefaults() {
		UpstreamSettings orders = named("orders");
		UpstreamSettings payment = named("payment");
		UpstreamCatalog catalog = new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of(parse("orders"), orders,
				parse("*.orders"), orders, parse("payment:80"), payment, parse("payment:81"), payment));
		assertThat(catalog.all()).containsExactlyInAnyOrder(orders, payment, UpstreamSettings.DEFAULTS);
		assertThat(catalog(List.of()).all()).containsExactly(UpstreamSettings.DEFAULTS);
	}

	@Test
	void laterChangesOfTheMapChangeNothing() {
		Map<HostPattern, UpstreamSettings> byPattern = new LinkedHashMap<>();
		byPattern.put(parse("orders"), named("orders"));
		UpstreamCatalog catalog = new UpstreamCatalog(UpstreamSettings.DEFAULTS, byPattern);
		byPattern.clear();
		assertThat(catalog.find("orders", 80).name()).isEqualTo("orders");
	}

	private static UpstreamCatalog catalog(List<String> patterns) {
		Map<HostPattern, UpstreamSettings> byPattern = new LinkedHashMap<>();
		patterns.forEach((pattern) -> byPattern.put(parse(pattern), named(pattern)));
		return new UpstreamCatalog(UpstreamSettings.DEFAULTS, byPattern);
	}

	private static HostPattern parse(String pattern) {
		return HostPattern.parse("hosts", pattern);
	}

	private static UpstreamSettings named(String name) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamSettings(name, defaults.pool(), defaults.keepAlive(), defaults.timeout(), defaults.retry(),
				DrainSettings.DEFAULTS, ResponseLimits.DEFAULTS, defaults.maxRedirects(), defaults.proxy(),
				defaults.sslBundle());
	}

}
