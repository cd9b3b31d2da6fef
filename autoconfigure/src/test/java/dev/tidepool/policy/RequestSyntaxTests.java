package dev.tidepool.policy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RequestSyntaxTests {

	// RFC 9110, 5.6.2
	private static final String TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	@Test
	void tokenHasTheCharactersOfOneOnly() {
		for (char c = 0; c < Character.MAX_VALUE; c++) {
			assertThat(RequestSyntax.isToken("a" + c)).as("%04x", (int) c).isEqualTo(TOKEN.indexOf(c) >= 0);
		}
		assertThat(RequestSyntax.isToken("")).isFalse();
	}

	@Test
	void headerValueHasVisibleCharactersOfLatin1SpacesAndTabsOnly() {
		for (char c = 0; c < Character.MAX_VALUE; c++) {
			boolean allowed = c == '\t' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xff);
			assertThat(RequestSyntax.isHeaderValue("a" + c)).as("%04x", (int) c).isEqualTo(allowed);
		}
		assertThat(RequestSyntax.isHeaderValue("")).isTrue();
	}

	@Test
	void targetHasVisibleAsciiCharactersOnly() {
		for (char c = 0; c < Character.MAX_VALUE; c++) {
			assertThat(RequestSyntax.isTarget("/" + c)).as("%04x", (int) c).isEqualTo(c > ' ' && c < 0x7f);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "localhost", "a_b.example", "EXAMPLE.org.", "127.0.0.1", "::1", "[fe80::1%eth0]", "a-b~c" })
	void hostsAreHosts(String host) {
		assertThat(RequestSyntax.isHost(host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a b", "a\r\nb", "a/b", "a?b", "a#b", "a@b", "a\\b", "\u00e4.example", "a\u010ab",
			"<a>", "{a}", "a|b", "a\"b", "a^b", "a`b" })
	void othersAreNot(String host) {
		assertThat(RequestSyntax.isHost(host)).isFalse();
	}

}
