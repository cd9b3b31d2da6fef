package dev.tidepool.policy;

import java.net.URI;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Hosts as configuration names them.
 */
class HostPatternTests {

	@ParameterizedTest(name = "[{0}] -> {1}, {2}, {3}")
	@CsvSource(quoteCharacter = '\'',
			value = { "orders, orders, -1, false", "orders:8080, orders, 8080, false",
					"Orders.Example.COM, orders.example.com, -1, false", "' orders ', orders, -1, false",
					"*.example.com, example.com, -1, true", "*.Example.com:8443, example.com, 8443, true",
					"*.localhost, localhost, -1, true", "10.0.0.1, 10.0.0.1, -1, false",
					"10.0.0.1:80, 10.0.0.1, 80, false", "[::1], [::1], -1, false", "[::1]:8080, [::1], 8080, false",
					"[FE80::A:1]:443, [fe80::a:1], 443, false", "[::ffff:10.0.0.1], [::ffff:10.0.0.1], -1, false",
					"my_service, my_service, -1, false", "a, a, -1, false", "orders:1, orders, 1, false",
					"orders:65535, orders, 65535, false", "xn--kln-sna.de, xn--kln-sna.de, -1, false" })
	void patternIsRead(String text, String host, int port, boolean wildcard) {
		assertThat(HostPattern.parse("hosts[0]", text)).isEqualTo(new HostPattern(host, port, wildcard));
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "orders:8080", "*.example.com", "*.example.com:8443", "[::1]", "[::1]:8080" })
	void patternIsShownAsItWasWritten(String text) {
		assertThat(HostPattern.parse("hosts[0]", text)).hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "*", "*.", "**.example.com", "*example.com", "api.*", "a.*.com", ".example.com",
			"*..example.com", "example.com.", "-orders", "orders-", ":80", "orders:", "orders:0", "orders:65536",
			"orders:99999", "orders:999999999999", "orders:-1", "orders:http", "orders:80:80", "orders: 80",
			"http://orders", "http://orders:8080", "orders/path", "orders?x", "orders#x", "or ders", "k\u00f6ln.de",
			"::1", "fe80::1", "[::1", "::1]", "[]", "[orders]", "[::1]8080", "[::1]:", "[::1]:0", "[::1]:65536",
			"*.[::1]", "*.[::1]:80", "[::1]x:80", "orders\n" + "x" })
	void badPatternIsRefused(String text) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> HostPattern.parse("hosts[3]", text))
			.satisfies((ex) -> {
				assertThat(ex.key()).isEqualTo("hosts[3]");
				assertThat(ex.value()).isEqualTo(text);
				assertThat(ex.reason()).isEqualTo("is not a host");
				assertThat(ex.fix()).contains("host:port", "*.domain");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user:secret@orders", "user:secret@orders", "user:secret@orders:80",
			"secret@orders", "http://user:sec@secret@orders/p@th" })
	void credentialsInABadPatternAreNotShown(String text) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> HostPattern.parse("hosts[0]", text))
			.satisfies((ex) -> {
				assertThat(ex.value()).doesNotContain("user", "sec").contains("******@");
				assertThat(ex).hasMessageContaining("******@").message().doesNotContain("user", "secret");
			});
	}

	@ParameterizedTest(name = "[{0}] matches {1}:{2}")
	@CsvSource({ "orders, orders, 80", "orders, orders, 8080", "orders, ORDERS, 80", "ORDERS, orders, 80",
			"orders:8080, orders, 8080", "*.example.com, api.example.com, 443", "*.example.com, a.b.c.example.com, 443",
			"*.EXAMPLE.com, API.Example.COM, 443", "*.example.com:443, api.example.com, 443", "[::1], ::1, 80",
			"[::1], [::1], 80", "[::1]:8080, ::1, 8080", "[FE80::1], fe80::1, 80", "[fe80::1], FE80::1, 80",
			"10.0.0.1, 10.0.0.1, 80" })
	void patternMatchesItsHosts(String text, String host, int port) {
		assertThat(HostPattern.parse("hosts[0]", text).matches(host, port)).isTrue();
	}

	@ParameterizedTest(name = "[{0}] does not match {1}:{2}")
	@CsvSource({ "orders, orders2, 80", "orders, api.orders, 80", "orders:8080, orders, 80", "orders:8080, order, 8080",
			"*.example.com, example.com, 443", "*.example.com, .example.com, 443", "*.example.com, badexample.com, 443",
			"*.example.com, api.example.com.evil.org, 443", "*.example.com, api.example.org, 443",
			"*.example.com:443, api.example.com, 80", "[::1], ::2, 80", "[::1]:8080, ::1, 80" })
	void patternMatchesNoOtherHost(String text, String host, int port) {
		assertThat(HostPattern.parse("hosts[0]", text).matches(host, port)).isFalse();
	}

	@ParameterizedTest(name = "{0} -> {1}")
	@CsvSource({ "http://orders, orders:80", "https://orders, orders:443", "HTTPS://Orders, orders:443",
			"http://orders:8080, orders:8080", "https://orders:8443/api/, orders:8443", "http://orders:443, orders:443",
			"http://[::1]:8080, [::1]:8080", "http://[FE80::1], [fe80::1]:80" })
	void baseUrlStandsForItsHostAndPort(URI baseUrl, String pattern) {
		assertThat(HostPattern.of(baseUrl)).hasToString(pattern).isEqualTo(HostPattern.parse("hosts[0]", pattern));
	}

	@Test
	void turkishLocaleDoesNotChangeWhatMatches() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			assertThat(HostPattern.parse("hosts[0]", "INVENTORY").matches("inventory", 80)).isTrue();
			assertThat(HostPattern.parse("hosts[0]", "inventory").matches("INVENTORY", 80)).isTrue();
		}
		finally {
			Locale.setDefault(before);
		}
	}

}
