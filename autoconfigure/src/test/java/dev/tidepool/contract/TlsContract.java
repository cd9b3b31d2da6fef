package dev.tidepool.contract;

import java.net.URI;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.testsupport.CuttingListener;
import dev.tidepool.testsupport.HandshakeCut;
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

	private static final String QUICK_BACKOFF = "tidepool.retry.backoff.initial=1ms";

	private static final Kind[] METHODS = { Kind.GET, Kind.POST };

	private static final String CAN_BE_SEEN_BY_CONNECT = "RESET_AT_ONCE";

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
				"tidepool.retry.enabled=false");
		assertThat(server.requests()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void handshakeThatIsCutOffIsRepeatedWhateverTheMethod(HandshakeCut cut) throws Exception {
		CuttingListener listener = new CuttingListener(TestTls.server("first"), cut);
		ScriptedServer server = serve(listener, (exchange) -> exchange.respond(200, "fine", "Connection: close"));
		run((application) -> {
			areRepeatedOnce(application, server, listener);
			assertThat(application.stats(server).retries(FailureCause.CONNECT, RetryOutcome.SUCCESS)).isEqualTo(2);
		}, QUICK_BACKOFF);
	}

	private static void areRepeatedOnce(ContractApplication application, ScriptedServer server,
			CuttingListener listener) {
		for (Kind kind : METHODS) {
			listener.cutOff(1);
			assertThat(application.client().exchange(kind.request(server.uri("/"))).body()).as(kind.name())
				.isEqualTo("fine");
			assertThat(server.requests(kind.name())).as(kind.name()).isOne();
		}
		assertThat(listener.cuts()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = CAN_BE_SEEN_BY_CONNECT)
	void handshakeThatIsAlwaysCutOffEndsTheCallWithItsAttempts(HandshakeCut cut) throws Exception {
		CuttingListener listener = new CuttingListener(TestTls.server("first"), cut);
		ScriptedServer server = serve(listener, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			listener.cutOff(Integer.MAX_VALUE);
			for (Kind kind : METHODS) {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().exchange(kind.request(server.uri("/"))))
					.havingCause()
					.isInstanceOf(SSLHandshakeException.class)
					.withMessageContaining("The TLS handshake was cut off in attempt 3 of %s to upstream %s", kind,
							server.url());
			}
			assertThat(listener.cuts()).isEqualTo(6);
			UpstreamStats stats = application.stats(server);
			assertThat(stats.retries(FailureCause.CONNECT, RetryOutcome.FAILURE)).isEqualTo(4);
			assertThat(stats.retries(FailureCause.CONNECT, RetryOutcome.NO_ATTEMPTS_LEFT)).isEqualTo(2);
			eventually().until(() -> stats.connections().isEmpty());
			listener.cutOff(0);
		}, QUICK_BACKOFF);
		assertThat(server.requests()).isZero();
	}

	@Test
	void handshakeThatIsCutOffIsNotRepeatedWithRetriesSwitchedOff() throws Exception {
		CuttingListener listener = new CuttingListener(TestTls.server("first"), HandshakeCut.CLOSED_AT_ONCE);
		ScriptedServer server = serve(listener, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			listener.cutOff(1);
			isRefused(application.client(), server.uri("/"),
					"The TLS handshake was cut off in attempt 1 of GET to upstream " + server.url());
			assertThat(listener.cuts()).isOne();
		}, "tidepool.retry.enabled=false");
	}

	@Test
	void handshakeThatIsCutOffWithinATunnelIsRepeatedWhateverTheMethod() throws Exception {
		CuttingListener listener = new CuttingListener(TestTls.server("first"), HandshakeCut.CLOSED_AFTER_CLIENT_HELLO);
		ScriptedServer server = serve(listener, (exchange) -> exchange.respond(200, "fine", "Connection: close"));
		try (ScriptedServer proxy = ScriptedServer.start(Tunnel::open)) {
			run((application) -> {
				areRepeatedOnce(application, server, listener);
				application.isAtRest();
				server.close();
			}, QUICK_BACKOFF, "tidepool.proxy.url=" + proxy.url());
			assertThat(proxy.requests()).isEqualTo(4);
		}
	}

	@Test
	void addressThatCutsOffHandshakesIsTriedLast() throws Exception {
		CuttingListener listener = new CuttingListener(TestTls.server("first"), HandshakeCut.CLOSED_AT_ONCE);
		ScriptedServer cutting = serve(listener, (exchange) -> exchange.respond(200, "first"));
		ScriptedServer other = serveAt("127.0.0.2", cutting.port(), true,
				(exchange) -> exchange.respond(200, "other", "Connection: close"));
		ScriptedResolver names = new ScriptedResolver().with("localhost", "127.0.0.1", "127.0.0.2");
		run((runner) -> runner.withBean(DnsResolver.class, () -> names), (application) -> {
			listener.cutOff(Integer.MAX_VALUE);
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().post(cutting.uri("/"))).isEqualTo("other");
			}
			assertThat(listener.cuts()).isOne();
			assertThat(other.requests()).isEqualTo(3);
			cutting.close();
		}, QUICK_BACKOFF);
	}

	@ParameterizedTest
	@CsvSource({ "40, handshake_failure", "70, protocol_version", "80, internal_error", "112, unrecognized_name" })
	void alertOfTheUpstreamIsItsAnswer(byte description, String name) throws Exception {
		try (HelloServer server = HelloServer.start(new byte[] { 21, 3, 3, 0, 2, 2, description })) {
			run((application) -> {
				for (Kind kind : METHODS) {
					assertThatExceptionOfType(ContractFailure.class)
						.isThrownBy(() -> application.client().exchange(kind.request(server.uri())))
						.havingCause()
						.isInstanceOf(SSLException.class)
						.withMessageContaining(name);
				}
				application.isAtRest();
			}, QUICK_BACKOFF);
			assertThat(server.hellos()).hasSize(2);
		}
	}

}
