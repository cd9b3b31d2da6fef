package dev.tidepool.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;
import dev.tidepool.testsupport.Tunnel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls through a proxy, and calls that must not go through one.
 */
class ProxyTests {

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	private ScriptedServer upstream;

	private ScriptedServer proxy;

	@BeforeEach
	void start() throws Exception {
		this.upstream = ScriptedServer.start((exchange) -> exchange.respond(200, "upstream"));
		this.proxy = ScriptedServer.start(ProxyTests::proxy);
	}

	@AfterEach
	void stop() throws Exception {
		this.upstream.close();
		this.proxy.close();
	}

	@Test
	void plainCallsGoThroughTheProxyOnOneConnection() {
		this.contextRunner.withPropertyValues("tidepool.proxy.url=" + this.proxy.url()).run((context) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(get(context.getBean(RestClient.class), this.upstream.url() + "/a")).isEqualTo("proxied");
			}
		});
		assertThat(this.proxy.log()).extracting(ScriptedServer.Request::path).containsOnly(this.upstream.url() + "/a");
		assertThat(this.proxy.accepted()).isOne();
		assertThat(this.upstream.accepted()).isZero();
	}

	@Test
	void tunnelIsMadeOnceAndTheProxySeesNoHeaderOfTheCall() throws Exception {
		try (ScriptedServer secure = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "secure"))) {
			this.contextRunner
				.withPropertyValues("tidepool.proxy.url=" + this.proxy.url(), TestTls.trustProperty("own", "first"),
						"tidepool.ssl.bundle=own")
				.run((context) -> {
					for (int i = 0; i < 3; i++) {
						assertThat(context.getBean(RestClient.class)
							.get()
							.uri(secure.url())
							.header("Authorization", "secret")
							.retrieve()
							.body(String.class)).isEqualTo("secure");
					}
				});
			assertThat(secure.accepted()).isOne();
			assertThat(this.proxy.log()).singleElement().satisfies((connect) -> {
				assertThat(connect.method()).isEqualTo("CONNECT");
				assertThat(connect.headers()).doesNotContainKey("Authorization");
			});
		}
	}

	@Test
	void credentialsAreSentWhenTheProxyAsks() {
		this.contextRunner
			.withPropertyValues("tidepool.proxy.url=" + this.proxy.url(), "tidepool.proxy.username=user",
					"tidepool.proxy.password=pass")
			.run((context) -> assertThat(get(context.getBean(RestClient.class), this.upstream.url() + "/auth"))
				.isEqualTo("proxied"));
		assertThat(this.proxy.log().get(this.proxy.log().size() - 1).header("Proxy-Authorization")).isEqualTo(
				"Basic " + Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.ISO_8859_1)));
	}

	@Test
	void hostsOfNoProxyAreCalledDirectly() {
		this.contextRunner
			.withPropertyValues("tidepool.proxy.url=" + this.proxy.url(),
					"tidepool.proxy.no-proxy=localhost:" + this.upstream.port())
			.run((context) -> assertThat(get(context.getBean(RestClient.class), this.upstream.url()))
				.isEqualTo("upstream"));
		assertThat(this.proxy.accepted()).isZero();
	}

	@Test
	void upstreamMayHaveAProxyOfItsOwn() throws Exception {
		try (ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "other"))) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.far.base-url=" + this.upstream.url(),
						"tidepool.upstreams.far.proxy.url=" + this.proxy.url())
				.run((context) -> {
					RestClient client = context.getBean(RestClient.class);
					assertThat(get(client, this.upstream.url())).isEqualTo("proxied");
					assertThat(get(client, other.url())).isEqualTo("other");
				});
		}
	}

	@Test
	void systemPropertiesAreReadOnlyWhenAskedFor() {
		String host = System.setProperty("http.proxyHost", "localhost");
		String port = System.setProperty("http.proxyPort", String.valueOf(this.proxy.port()));
		String none = System.setProperty("http.nonProxyHosts", "");
		try {
			this.contextRunner.run((context) -> assertThat(get(context.getBean(RestClient.class), this.upstream.url()))
				.isEqualTo("upstream"));
			assertThat(this.proxy.accepted()).isZero();
			this.contextRunner.withPropertyValues("tidepool.proxy.use-system=true")
				.run((context) -> assertThat(get(context.getBean(RestClient.class), this.upstream.url()))
					.isEqualTo("proxied"));
		}
		finally {
			restore("http.proxyHost", host);
			restore("http.proxyPort", port);
			restore("http.nonProxyHosts", none);
		}
	}

	private static void restore(String property, String value) {
		if (value == null) {
			System.clearProperty(property);
		}
		else {
			System.setProperty(property, value);
		}
	}

	private static String get(RestClient client, String url) {
		return client.get().uri(url).retrieve().body(String.class);
	}

	private static void proxy(ScriptedServer.Exchange exchange) throws Exception {
		ScriptedServer.Request request = exchange.request();
		if (request.method().equals("CONNECT")) {
			Tunnel.open(exchange);
		}
		else if (request.path().endsWith("/auth") && request.header("Proxy-Authorization") == null) {
			exchange.respond(407, "", "Proxy-Authenticate: Basic realm=\"proxy\"");
		}
		else {
			exchange.respond(200, "proxied");
		}
	}

}
