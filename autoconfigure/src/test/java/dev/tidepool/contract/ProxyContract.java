package dev.tidepool.contract;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.hc.core5.http.HttpException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.ProxyRefusedException;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tunnels through a proxy, and those that it does not open. The proxy is on this machine,
 * so that what it saw and what the upstream saw can be told apart.
 */
abstract class ProxyContract extends Contract {

	private static final URI UPSTREAM = URI.create("https://upstream.test/secret?token=secret");

	private final CountDownLatch stopped = new CountDownLatch(1);

	ProxyContract(ContractSide side) {
		super(side);
	}

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	private static String through(ScriptedServer proxy) {
		return "tidepool.proxy.url=http://127.0.0.1:" + proxy.port();
	}

	private static ProxyRefusedException refused(ContractApplication application, ContractRequest request) {
		ContractClient client = application.client();
		return (ProxyRefusedException) assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> client.exchange(request))
			.havingCause()
			.isInstanceOf(ProxyRefusedException.class)
			.withMessageNotContainingAny("secret", "leaked")
			.withNoCause()
			.actual();
	}

	@ParameterizedTest
	@ValueSource(ints = { 300, 302, 307, 400, 401, 403, 404, 405, 407, 408, 418, 451, 500, 501 })
	@FaultCase(value = 57, over = Transport.TLS)
	void refusalIsNotTheUpstreamsAnswerAndNotRepeated(int status) throws Exception {
		ScriptedServer proxy = serve((exchange) -> exchange.respond(status, "leaked", "Location: https://127.0.0.1/",
				"Set-Cookie: leaked=leaked", "X-Leaked: leaked", "Proxy-Authenticate: Basic realm=\"leaked\""));
		run((application) -> {
			ProxyRefusedException refused = refused(application, ContractRequest.get(UPSTREAM));
			assertThat(refused.getStatusCode()).isEqualTo(status);
			assertThat(refused.getProxy()).isEqualTo("127.0.0.1:" + proxy.port());
			assertThat(refused.getUpstream()).isEqualTo("upstream.test:443");
			assertThat(refused).hasMessageContainingAll("In attempt 1 the proxy 127.0.0.1:" + proxy.port(),
					"upstream https://upstream.test:443", "status " + status);
			application.isAtRest();
			eventually().until(() -> application.stats(proxy).connections().isEmpty());
		}, through(proxy));
		assertThat(proxy.log()).singleElement().satisfies((connect) -> {
			assertThat(connect.method()).isEqualTo("CONNECT");
			assertThat(connect.path()).isEqualTo("upstream.test:443");
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 502, 503, 504 })
	void refusalThatMayPassIsRepeatedForAnyMethodSinceNothingWasSent(int status) throws Exception {
		ScriptedServer upstream = serve(true, (exchange) -> exchange.respond(200, "fine"));
		ScriptedServer proxy = serve((exchange) -> {
			if (exchange.request().connection() == 1) {
				exchange.respond(status, "leaked");
			}
			else {
				Tunnel.open(exchange);
			}
		});
		run((application) -> assertThat(application.client().post(upstream.uri("/"))).isEqualTo("fine"), through(proxy),
				"tidepool.retry.backoff.initial=1ms");
		assertThat(proxy.requests()).isEqualTo(2);
		assertThat(upstream.requests()).isOne();
	}

	@Test
	void refusalThatDoesNotPassIsAnErrorAfterAllAttempts() throws Exception {
		ScriptedServer proxy = serve((exchange) -> exchange.respond(503, "leaked", "Retry-After: 3600"));
		run((application) -> assertThat(refused(application, ContractRequest.post(UPSTREAM)))
			.hasMessageContaining("In attempt 3 "), through(proxy), "tidepool.retry.backoff.initial=1ms");
		assertThat(proxy.requests()).isEqualTo(3);
		assertThat(proxy.accepted()).isEqualTo(3);
	}

	@Test
	void messageOf407SaysWhatToSet() throws Exception {
		ScriptedServer proxy = serve(
				(exchange) -> exchange.respond(407, "", "Proxy-Authenticate: Basic realm=\"proxy\""));
		run((application) -> assertThat(refused(application, ContractRequest.get(UPSTREAM)))
			.hasMessageContainingAll("tidepool.proxy.username", "tidepool.proxy.password"), through(proxy));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: keep-alive", "Connection: close" })
	void credentialsThatTheProxyDoesNotAcceptAreTriedOnce(String connection) throws Exception {
		ScriptedServer proxy = serve(
				(exchange) -> exchange.respond(407, "leaked", "Proxy-Authenticate: Basic realm=\"proxy\"", connection));
		run((application) -> assertThat(refused(application, ContractRequest.get(UPSTREAM)))
			.hasMessageContaining("does not accept")
			.hasMessageNotContaining("wrong"), through(proxy), "tidepool.proxy.username=user",
				"tidepool.proxy.password=wrong");
		assertThat(proxy.log()).extracting((request) -> request.header("Proxy-Authorization"))
			.containsExactly(null,
					"Basic " + Base64.getEncoder().encodeToString("user:wrong".getBytes(StandardCharsets.ISO_8859_1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: keep-alive", "Connection: close" })
	void credentialsOpenTheTunnelAndStayWithTheProxy(String connection) throws Exception {
		ScriptedServer upstream = serve(true, (exchange) -> exchange.respond(200, "fine"));
		ScriptedServer proxy = serve((exchange) -> {
			if (exchange.request().header("Proxy-Authorization") == null) {
				exchange.respond(407, "who are you?", "Proxy-Authenticate: Basic realm=\"proxy\"", connection);
			}
			else {
				Tunnel.open(exchange);
			}
		});
		run((application) -> {
			for (int i = 0; i < 2; i++) {
				assertThat(application.client().get(upstream.uri("/"))).isEqualTo("fine");
			}
		}, through(proxy), "tidepool.proxy.username=user", "tidepool.proxy.password=secret");
		assertThat(proxy.requests()).isEqualTo(2);
		assertThat(upstream.log()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainKey("Proxy-Authorization"));
	}

	@Test
	void proxySeesNoHeaderThatIsMeantForTheUpstream() throws Exception {
		ScriptedServer upstream = serve(true, (exchange) -> exchange.respond(200, "fine", "Set-Cookie: kept=secret"));
		ScriptedServer proxy = serve(Tunnel::open);
		run((application) -> {
			ContractClient client = application.client();
			for (int i = 0; i < 2; i++) {
				client.exchange(ContractRequest.post(upstream.uri("/secret?token=secret"))
					.header("Authorization", "Bearer secret")
					.header("Cookie", "own=secret")
					.header("X-Api-Key", "secret")
					.header("X-Other", "secret"));
			}
		}, through(proxy), "tidepool.redirect.secret-headers=X-Api-Key");
		assertThat(upstream.log()).hasSize(2)
			.allSatisfy((request) -> assertThat(request.headers()).containsEntry("X-Api-Key", "secret"));
		assertThat(proxy.log()).singleElement().satisfies((connect) -> {
			assertThat(connect.path()).isEqualTo("localhost:" + upstream.port());
			assertThat(connect.headers().keySet()).isSubsetOf("Host", "User-Agent", "Proxy-Connection");
			assertThat(connect.body()).isEmpty();
		});
	}

	@Test
	void redirectToATunnelThatIsRefusedIsNotTheAnswerOfTheFirstUpstream() throws Exception {
		ScriptedServer proxy = serve((exchange) -> {
			if (exchange.request().method().equals("CONNECT")) {
				exchange.respond(403, "leaked");
			}
			else {
				exchange.respond(302, "", "Location: " + UPSTREAM);
			}
		});
		run((application) -> assertThat(
				refused(application, ContractRequest.get(URI.create("http://first.test/")).header("Cookie", "secret"))
					.getStatusCode())
			.isEqualTo(403), through(proxy));
		assertThat(proxy.log()).extracting(ScriptedServer.Request::method).containsExactly("GET", "CONNECT");
		assertThat(proxy.log().get(1).headers()).doesNotContainKey("Cookie");
	}

	@ParameterizedTest
	@ValueSource(ints = { 403, 407, 503 })
	void bodyOfARefusalIsNotWaitedFor(int status) throws Exception {
		for (String head : List.of("Content-Length: 1000000000000", "Transfer-Encoding: chunked", "X-Until: close")) {
			ScriptedServer proxy = serve((exchange) -> {
				exchange.raw("HTTP/1.1 " + status + " No\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n" + head
						+ "\r\n\r\n");
				endless(exchange, "5\r\nxxxxx\r\n");
			});
			run((application) -> {
				long start = System.nanoTime();
				assertThat(refused(application, ContractRequest.get(UPSTREAM)).getStatusCode()).isEqualTo(status);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
				proxy.close();
			}, through(proxy), "tidepool.retry.max-attempts=1");
		}
	}

	@Test
	void endlessChallengeIsGivenUp() throws Exception {
		ScriptedServer upstream = serve(true, (exchange) -> exchange.respond(200, "fine"));
		ScriptedServer proxy = serve((exchange) -> {
			if (exchange.request().header("Proxy-Authorization") == null) {
				exchange.raw("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n\r\n");
				endless(exchange, "x".repeat(4096));
			}
			else {
				Tunnel.open(exchange);
			}
		});
		run((application) -> {
			long start = System.nanoTime();
			try {
				assertThat(application.client().get(upstream.uri("/"))).isEqualTo("fine");
			}
			catch (ContractFailure ex) {
				// Or waits for its end as long as it may
				assertThat(ex).hasCauseInstanceOf(SocketTimeoutException.class);
			}
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
			proxy.close();
			upstream.close();
		}, through(proxy), "tidepool.proxy.username=user", "tidepool.proxy.password=pass",
				"tidepool.timeout.read=300ms");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </leaked>\r\n\r\n",
			"X-Header: x\r\n", "x" })
	void answerThatNeverEndsIsBounded(String piece) throws Exception {
		ScriptedServer proxy = serve((exchange) -> {
			if (!piece.startsWith("HTTP")) {
				exchange.raw("HTTP/1.1 403 No\r\nX-Long: ");
			}
			while (!this.stopped.await(5, TimeUnit.MILLISECONDS)) {
				exchange.raw(piece);
			}
		});
		run((application) -> {
			long start = System.nanoTime();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().exchange(ContractRequest.get(UPSTREAM)))
				.withCauseInstanceOf(IOException.class);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(WIDE);
		}, through(proxy), "tidepool.timeout.response=1s");
		assertThat(proxy.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 99 No\r\n\r\n", "HTTP/1.1 2x0 No\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "\u0000\u0001\u0002\r\n\r\n" })
	void garbageIsAPromptErrorAndNoAnswer(String garbage) throws Exception {
		ScriptedServer proxy = serve((exchange) -> {
			exchange.raw(garbage);
			exchange.close();
		});
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().exchange(ContractRequest.get(UPSTREAM)))
			.havingCause()
			.isInstanceOfAny(IOException.class, HttpException.class), through(proxy), "tidepool.retry.max-attempts=1");
	}

	@Test
	void bodyOfASuccessfulAnswerIsNoneAndNothingOfItReachesTheCall() throws Exception {
		ScriptedServer upstream = serve(true, (exchange) -> exchange.respond(200, "fine"));
		ScriptedServer proxy = serve(
				(exchange) -> Tunnel.open(exchange, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
		run((application) -> assertThat(application.client().get(upstream.uri("/"))).isEqualTo("fine"), through(proxy));
		assertThat(upstream.requests()).isOne();
	}

	private void endless(ScriptedServer.Exchange exchange, String piece) throws Exception {
		while (!this.stopped.await(1, TimeUnit.MILLISECONDS)) {
			exchange.raw(piece);
		}
	}

}
