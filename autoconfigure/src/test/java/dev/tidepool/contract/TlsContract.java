package dev.tidepool.contract;

import java.net.URI;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import dev.tidepool.testsupport.HelloServer;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;
import dev.tidepool.testsupport.Tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What TLS is like where nobody has said anything of it.
 */
abstract class TlsContract extends Contract {

	private static final int TLS_1_2 = 0x0303;

	private static final int TLS_1_3 = 0x0304;

	private static final int LAST_SUITE_OF_SSL = 0x001b;

	private static final String[] TRUSTING_ELSEWHERE = { TestTls.trustProperty("own", "elsewhere"),
			"tidepool.retry.enabled=false" };

	TlsContract(ContractSide side) {
		super(side);
	}

	private static void isRefused(ContractClient client, URI uri, String... reason) {
		assertThatExceptionOfType(ContractFailure.class).as(uri.toString())
			.isThrownBy(() -> client.get(uri))
			.havingCause()
			.isInstanceOf(SSLException.class)
			.satisfies((refused) -> Stream.of(reason)
				.forEach((text) -> assertThat(refused).hasStackTraceContaining(text)));
	}

	@Test
	void onlyTls12And13AreOfferedAndNoSuiteOfSsl() throws Exception {
		try (HelloServer server = HelloServer.start()) {
			run((application) -> {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().get(server.uri()));
				application.isAtRest();
			}, "tidepool.retry.enabled=false");
			assertThat(server.hellos()).isNotEmpty().allSatisfy((hello) -> {
				assertThat(hello.versions()).containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
				// Without encryption or identity, for export, RC4, DES and 3DES
				assertThat(hello.cipherSuites()).isNotEmpty().allMatch((suite) -> suite > LAST_SUITE_OF_SSL);
			});
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0x0300, 0x0301, 0x0302 })
	void serverThatChoosesAnOlderVersionIsRefused(int version) throws Exception {
		try (HelloServer server = HelloServer.start(HelloServer.choosing(version))) {
			run((application) -> {
				isRefused(application.client(), server.uri());
				application.isAtRest();
			});
			assertThat(server.hellos()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "127.0.0.1", "named.test", "sub.elsewhere.example" })
	void certificateForAnotherNameIsRefused(String host) throws Exception {
		ScriptedServer server = serveTls("elsewhere", (exchange) -> exchange.respond(200, "fine"));
		ScriptedResolver names = new ScriptedResolver().with("localhost", "127.0.0.1")
			.with("named.test", "127.0.0.1")
			.with("sub.elsewhere.example", "127.0.0.1")
			.with("elsewhere.example", "127.0.0.1");
		run((runner) -> runner.withBean(DnsResolver.class, () -> names), (application) -> {
			URI uri = URI.create("https://" + host + ":" + server.port() + "/");
			isRefused(application.client(), uri, "subject alternative");
			SslBundle bundle = application.context().getBean(SslBundles.class).getBundle("own");
			isRefused(application.client((settings) -> settings.withSslBundle(bundle)), uri, "subject alternative");
			assertThat(server.requests()).isZero();
			// Its own name would do
			assertThat(application.client().get(URI.create("https://elsewhere.example:" + server.port() + "/")))
				.isEqualTo("fine");
			eventually().until(() -> server.accepted() == 3);
			server.close();
		}, TRUSTING_ELSEWHERE);
	}

	@Test
	void certificateForAnotherAddressIsRefused() throws Exception {
		ScriptedServer server = serveAt("127.0.0.2", 0, true, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			isRefused(application.client(), URI.create("https://127.0.0.2:" + server.port() + "/"),
					"subject alternative");
			application.isAtRest();
			server.close();
		});
		assertThat(server.requests()).isZero();
	}

	@Test
	void certificateForAnotherNameIsRefusedWithinATunnel() throws Exception {
		ScriptedServer server = serveTls("elsewhere", (exchange) -> exchange.respond(200, "fine"));
		try (ScriptedServer proxy = ScriptedServer.start(Tunnel::open)) {
			run((application) -> {
				isRefused(application.client(), server.uri("/"), "subject alternative");
				application.isAtRest();
				server.close();
			}, Stream.concat(Stream.of(TRUSTING_ELSEWHERE), Stream.of("tidepool.proxy.url=" + proxy.url()))
				.toArray(String[]::new));
			assertThat(proxy.requests()).isOne();
		}
		assertThat(server.requests()).isZero();
	}

	@Test
	void redirectLeadsToNoServerWithACertificateForAnotherName() throws Exception {
		ScriptedServer server = serveTls("elsewhere", (exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(307, "", "Location: https://localhost:" + exchange.request().header("X-Port") + "/");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		ScriptedResolver names = new ScriptedResolver().with("localhost", "127.0.0.1")
			.with("elsewhere.example", "127.0.0.1");
		run((runner) -> runner.withBean(DnsResolver.class, () -> names), (application) -> {
			ContractRequest request = ContractRequest
				.get(URI.create("https://elsewhere.example:" + server.port() + "/old"))
				.header("X-Port", String.valueOf(server.port()));
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().exchange(request))
				.withCauseInstanceOf(SSLException.class);
			application.isAtRest();
			server.close();
		}, TRUSTING_ELSEWHERE);
		assertThat(server.requests()).isOne();
	}

	@Test
	void serverThatSpeaksNoTlsIsNotSpokenToInPlain() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "plain"));
		run((application) -> isRefused(application.client(), URI.create("https://localhost:" + server.port() + "/")),
				"tidepool.timeout.tls-handshake=500ms", "tidepool.retry.enabled=false");
		assertThat(server.requests()).isZero();
	}

}
