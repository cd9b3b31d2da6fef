package dev.tidepool.policy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The proxy: which URLs it may have, whom it is not for, and that nobody learns its
 * password.
 */
class ProxySettingsTests {

	private static final URI URL = URI.create("http://proxy:3128");

	@ParameterizedTest(name = "[{0}] -> {1}")
	@CsvSource(quoteCharacter = '\'', value = { "http://proxy:3128, http://proxy:3128", "http://proxy, http://proxy:80",
			"http://proxy/, http://proxy:80", "http://proxy:3128/, http://proxy:3128",
			"HTTP://proxy.example.com:3128, http://proxy.example.com:3128", "' http://proxy:3128 ', http://proxy:3128",
			"http://10.0.0.1:3128, http://10.0.0.1:3128", "http://[::1]:3128, http://[::1]:3128",
			"http://proxy:65535, http://proxy:65535", "http://proxy:, http://proxy:80" })
	void urlIsReadWithItsPort(String text, URI url) {
		assertThat(ProxySettings.parseUrl(text)).isEqualTo(url);
	}

	@ParameterizedTest(name = "[{0}] {1}")
	@CsvSource(quoteCharacter = '\'',
			value = { "'', has no scheme or no host", "'  ', has no scheme or no host",
					"proxy, has no scheme or no host", "//proxy:3128, has no scheme or no host",
					"http:proxy, has no scheme or no host", "http:///, has no scheme or no host",
					"http:/proxy, has no scheme or no host", "http://:3128, has no scheme or no host",
					"http://, is not a URL", "10.0.0.1:3128, is not a URL", "'http://pro xy:3128', is not a URL",
					"http://[::1:3128, is not a URL", "http://proxy:3128/%zz, is not a URL",
					"https://proxy:3128, has a scheme that is not supported: only http proxies are",
					"socks5://proxy:1080, has a scheme that is not supported: only http proxies are",
					"socks://proxy, has a scheme that is not supported: only http proxies are",
					"proxy:3128, has a scheme that is not supported: only http proxies are",
					"http://proxy:0, has no valid port", "http://proxy:65536, has no valid port",
					"http://proxy:3128/path, has more than a host and a port",
					"http://proxy:3128?x=1, has more than a host and a port",
					"http://proxy:3128/#x, has more than a host and a port" })
	void badUrlIsRefused(String text, String reason) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> ProxySettings.parseUrl(text))
			.satisfies((ex) -> {
				assertThat(ex.key()).isEqualTo("url");
				assertThat(ex.value()).isEqualTo(text);
				assertThat(ex.reason()).isEqualTo(reason);
				assertThat(ex.fix()).contains("http://host:port");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user:secret@proxy:3128", "http://secret@proxy:3128", "http://:secret@proxy:3128",
			"http://user:sec@secret@proxy:3128", "http://user:secret@proxy", "HTTP://user:secret@proxy:3128/",
			"https://user:secret@proxy:3128", "socks5://user:secret@proxy:1080", "user:secret@proxy:3128",
			"//user:secret@proxy:3128", "http:user:secret@proxy", "http://user:secret secret@proxy:3128",
			"http://user:secret%zz@proxy:3128", "http://user:sec[ret]secret@proxy:3128", "http://user:secret@",
			"http://user:secret@pro xy", "http://user:secret@proxy:0", "http://user:secret@proxy:99999",
			"http://user:secret/secret@proxy:3128", "http://user:secret?secret@proxy", "http://user:secret#s@proxy",
			"http://user:secret@proxy/p@th", "  http://user:secret@proxy:3128  ", "user:secret@http://proxy" })
	void userInfoIsNeverShown(String text) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> ProxySettings.parseUrl(text))
			.satisfies((ex) -> {
				assertThat(ex.value()).contains("******@").doesNotContain("user:", "sec");
				assertThat(ex.getMessage()).contains("******@").doesNotContain("user:", "secret");
				assertThat(ex.reason() + ex.fix()).doesNotContain("user:", "secret");
				assertThat(ex.getCause()).isNull();
			});
	}

	@ParameterizedTest(name = "[{0}] -> [{1}]")
	@CsvSource({ "http://proxy:3128, http://proxy:3128", "http://u:p@proxy:3128, http://******@proxy:3128",
			"u:p@proxy, ******@proxy", "http://u:p@q@proxy, http://******@proxy", "@proxy, ******@proxy",
			"//u:p@proxy, ******@proxy" })
	void userInfoIsReplaced(String url, String shown) {
		assertThat(ProxySettings.hideUserInfo(url)).isEqualTo(shown);
	}

	@Test
	void passwordIsInNoText() {
		ProxySettings proxy = new ProxySettings(URL, false, List.of(), "someone", "secret");
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		UpstreamSettings upstream = new UpstreamSettings("orders", defaults.pool(), defaults.keepAlive(),
				defaults.timeout(), defaults.retry(), DrainSettings.DEFAULTS, ResponseLimits.DEFAULTS, 0, proxy, null);
		assertThat(proxy).hasToString("http://proxy:3128");
		assertThat(upstream.toString()).contains("http://proxy:3128").doesNotContain("secret", "someone");
	}

	@Test
	void textSaysWhichProxyIsMeant() {
		assertThat(ProxySettings.NONE).hasToString("none");
		assertThat(new ProxySettings(null, true, List.of(), null, null)).hasToString("system");
	}

	@Test
	void passwordWithoutUserNameIsRefusedAndNotShown() {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new ProxySettings(URL, false, List.of(), null, "secret"))
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo("password"))
			.satisfies((ex) -> assertThat(ex.value() + ex.getMessage()).doesNotContain("secret"));
	}

	@ParameterizedTest(name = "url {0}, use-system {1}, username {2} -> {3}")
	@CsvSource({ "http://proxy:3128, true, , use-system", ", false, someone, username", ", true, someone, username" })
	void contradictionIsRefused(@Nullable URI url, boolean useSystem, @Nullable String username, String key) {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new ProxySettings(url, useSystem, List.of(), username, null))
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo(key))
			.withMessageContaining("proxy.url");
	}

	@ParameterizedTest(name = "{0}:{1} bypasses: {2}")
	@CsvSource({ "localhost, 8080, true", "LOCALHOST, 80, true", "api.internal, 80, true", "internal, 80, false",
			"orders, 8443, true", "orders, 443, false", "::1, 80, true", "example.com, 80, false" })
	void hostOnTheListIsCalledDirectly(String host, int port, boolean bypasses) {
		List<HostPattern> noProxy = List.of(HostPattern.parse("no-proxy", "localhost"),
				HostPattern.parse("no-proxy", "*.internal"), HostPattern.parse("no-proxy", "orders:8443"),
				HostPattern.parse("no-proxy", "[::1]"));
		ProxySettings proxy = new ProxySettings(URL, false, noProxy, null, null);
		assertThat(proxy.bypasses(host, port)).isEqualTo(bypasses);
		assertThat(ProxySettings.NONE.bypasses(host, port)).isFalse();
	}

	@Test
	void laterChangesOfTheListChangeNothing() {
		List<HostPattern> noProxy = new ArrayList<>(List.of(HostPattern.parse("no-proxy", "localhost")));
		ProxySettings proxy = new ProxySettings(URL, false, noProxy, null, null);
		noProxy.clear();
		assertThat(proxy.bypasses("localhost", 80)).isTrue();
	}

}
