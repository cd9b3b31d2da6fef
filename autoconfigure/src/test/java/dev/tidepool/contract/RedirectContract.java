package dev.tidepool.contract;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.apache.hc.client5.http.RedirectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Redirects, and what is sent along.
 */
abstract class RedirectContract extends Contract {

	RedirectContract(ContractSide side) {
		super(side);
	}

	private ScriptedServer redirecting(int status) throws Exception {
		return serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(status, "moved", "Location: /new");
			}
			else {
				exchange.respond(200, "new");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void getIsRedirectedOnTheSameConnection(int status) throws Exception {
		ScriptedServer server = redirecting(status);
		run((application) -> assertThat(application.client().get(server.uri("/old"))).isEqualTo("new"));
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/old", "/new");
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "301, GET, ''", "302, GET, ''", "303, GET, ''", "307, POST, content", "308, POST, content" })
	void postBecomesWhatTheStatusSays(int status, String method, String body) throws Exception {
		ScriptedServer server = redirecting(status);
		run((application) -> assertThat(application.client().post(server.uri("/old"))).isEqualTo("new"));
		assertThat(server.log()).hasSize(2).last().satisfies((request) -> {
			assertThat(request.method()).isEqualTo(method);
			assertThat(request.path()).isEqualTo("/new");
			assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo(body);
		});
	}

	@Test
	void streamedBodyIsSentOnceAndTheRedirectHandedOver() throws Exception {
		ScriptedServer server = redirecting(307);
		run((application) -> {
			ContractResponse response = application.client()
				.exchange(ContractRequest.of(HttpMethod.POST, server.uri("/old")).parts(List.of("con", "tent")));
			assertThat(response.status()).isEqualTo(307);
			assertThat(response.body()).isEqualTo("moved");
		});
		assertThat(server.log()).singleElement()
			.satisfies(
					(request) -> assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("content"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.http.clients.redirects=dont-follow", "tidepool.redirect.max=0" })
	void redirectIsHandedOverWhereNoneAreWanted(String property) throws Exception {
		ScriptedServer server = redirecting(302);
		run((application) -> {
			ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/old")));
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.headers().getLocation()).hasToString("/new");
			assertThat(response.body()).isEqualTo("moved");
		}, property);
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 56, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void redirectsAreBounded(boolean tls) throws Exception {
		ScriptedServer server = serve(tls,
				(exchange) -> exchange.respond(302, "", "Location: /" + exchange.request().onConnection()));
		run((application) -> {
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().get(server.uri("/old")))
				.havingRootCause()
				.isInstanceOf(RedirectException.class)
				.withMessageContainingAll("More than 3 redirects", server.url(), "tidepool.redirect.max");
			eventually().until(() -> application.stats(server).connections().size() == 1);
		}, "tidepool.redirect.max=3");
		assertThat(server.requests()).isEqualTo(4);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void eachHopIsACallOfItsUpstream() throws Exception {
		ScriptedServer second = serve((exchange) -> {
			if (exchange.request().onConnection() == 1) {
				exchange.respond(503, "busy");
			}
			else {
				exchange.respond(200, "new");
			}
		});
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> {
			assertThat(application.client().get(first.uri("/"))).isEqualTo("new");
			eventually().until(() -> application.stats(first).connections().size() == 1);
			eventually().until(() -> application.stats(second).connections().size() == 1);
		}, "tidepool.retry.backoff.initial=1ms");
		assertThat(first.requests()).isOne();
		assertThat(second.requests()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "proxy-authorization", "Cookie", "X-Api-Key", "x-session" })
	void secretHeaderStaysHomeWhenARedirectLeavesItsOrigin(String header) throws Exception {
		ScriptedServer second = serve((exchange) -> exchange.respond(200, "new"));
		ScriptedServer first = serve((exchange) -> exchange.respond(307, "", "Location: " + second.uri("/new")));
		run((application) -> {
			ContractRequest request = ContractRequest.post(first.uri("/"))
				.header(header, "secret")
				.header("X-Plain", "plain");
			assertThat(application.client().exchange(request).body()).isEqualTo("new");
		}, "tidepool.redirect.secret-headers=X-Api-Key,X-Session");
		assertThat(first.log()).singleElement()
			.satisfies((request) -> assertThat(request.header(header)).isEqualTo("secret"));
		assertThat(second.log()).singleElement().satisfies((request) -> {
			assertThat(request.header("X-Plain")).isEqualTo("plain");
			assertThat(request.headers()).doesNotContainKey(header).doesNotContainValue("secret");
			assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("content");
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void secretHeadersStayOnTheirOrigin(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(302, "", "Location: /new");
			}
			else {
				exchange.respond(200, "new");
			}
		});
		run((application) -> application.client()
			.exchange(ContractRequest.get(server.uri("/old"))
				.header("Authorization", "secret")
				.header("Cookie", "a=b")
				.header("X-Api-Key", "key")), "tidepool.redirect.secret-headers=X-Api-Key");
		assertThat(server.log()).hasSize(2).last().satisfies((request) -> {
			assertThat(request.header("Authorization")).isEqualTo("secret");
			assertThat(request.header("Cookie")).isEqualTo("a=b");
			assertThat(request.header("X-Api-Key")).isEqualTo("key");
		});
	}

	@Test
	void otherHostNameOfTheSameServerIsAnotherOrigin() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(302, "",
						"Location: " + "http://127.0.0.1:" + exchange.request().header("X-Port") + "/new");
			}
			else {
				exchange.respond(200, "new", "Connection: close");
			}
		});
		run((application) -> application.client()
			.exchange(ContractRequest.get(server.uri("/old"))
				.header("Authorization", "secret")
				.header("X-Port", String.valueOf(server.port()))));
		assertThat(server.log()).hasSize(2)
			.last()
			.satisfies((request) -> assertThat(request.headers()).doesNotContainKey("Authorization"));
	}

	@Test
	void literalAddressIsOneOriginHoweverItIsWritten() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(302, "",
						"Location: http://[::FFFF:7f00:1]:" + exchange.request().header("X-Port") + "/new");
			}
			else {
				exchange.respond(200, "new");
			}
		});
		run((application) -> application.client()
			.exchange(ContractRequest.get(URI.create("http://[::ffff:7f00:1]:" + server.port() + "/old"))
				.header("X-Port", String.valueOf(server.port()))
				.header("Authorization", "secret")));
		assertThat(server.log()).extracting((request) -> request.header("Authorization"))
			.containsExactly("secret", "secret");
	}

	@Test
	void hostHeaderOfTheCallerStaysHomeToo() throws Exception {
		ScriptedServer second = serve((exchange) -> exchange.respond(200, "new"));
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> application.client()
			.exchange(ContractRequest.get(first.uri("/")).header("Host", "virtual.test")));
		assertThat(first.log()).extracting((request) -> request.header("Host")).containsExactly("virtual.test");
		assertThat(second.log()).extracting((request) -> request.header("Host"))
			.containsExactly("localhost:" + second.port());
	}

	@Test
	void whatStayedHomeDoesNotComeBackWithTheNextRedirect() throws Exception {
		AtomicReference<URI> back = new AtomicReference<>();
		ScriptedServer second = serve((exchange) -> exchange.respond(307, "", "Location: " + back.get()));
		ScriptedServer first = serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(307, "", "Location: " + second.uri("/between"));
			}
			else {
				exchange.respond(200, "back");
			}
		});
		back.set(first.uri("/back"));
		run((application) -> assertThat(application.client()
			.exchange(ContractRequest.post(first.uri("/old"))
				.header("Authorization", "secret")
				.header("Cookie", "secret")
				.header("X-Api-Key", "secret"))
			.body()).isEqualTo("back"), "tidepool.redirect.secret-headers=X-Api-Key");
		assertThat(Stream.of(second.log().get(0), first.log().get(1)))
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainValue("secret"));
		assertThat(first.log().get(0).headers()).containsEntry("Authorization", "secret")
			.containsEntry("X-Api-Key", "secret");
	}

	@Test
	void repeatOfARedirectedRequestHasNoSecretsEither() throws Exception {
		AtomicInteger requests = new AtomicInteger();
		ScriptedServer second = serve((exchange) -> {
			switch (requests.incrementAndGet()) {
				case 1 -> exchange.respond(503, "busy");
				case 2 -> exchange.close();
				default -> exchange.respond(200, "new");
			}
		});
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> assertThat(application.client()
			.exchange(
					ContractRequest.get(first.uri("/")).header("Authorization", "secret").header("X-Api-Key", "secret"))
			.body()).isEqualTo("new"), "tidepool.redirect.secret-headers=X-Api-Key",
				"tidepool.retry.backoff.initial=1ms");
		assertThat(second.log()).hasSize(3)
			.allSatisfy((request) -> assertThat(request.headers()).doesNotContainValue("secret"));
	}

	@Test
	void upstreamMayHaveSecretHeadersOfItsOwn() throws Exception {
		ScriptedServer second = serve((exchange) -> exchange.respond(200, "new"));
		ScriptedServer first = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		ScriptedServer other = serve((exchange) -> exchange.respond(302, "", "Location: " + second.uri("/new")));
		run((application) -> {
			for (ScriptedServer server : List.of(first, other)) {
				application.client()
					.exchange(ContractRequest.get(server.uri("/"))
						.header("X-Api-Key", "key")
						.header("X-Own", "own")
						.header("Cookie", "a=b"));
			}
		}, "tidepool.redirect.secret-headers=X-Api-Key", "tidepool.upstreams.first.base-url=" + first.url(),
				"tidepool.upstreams.first.redirect.secret-headers=X-Own");
		assertThat(second.log()).hasSize(2);
		assertThat(second.log().get(0).headers()).containsKey("X-Api-Key").doesNotContainKeys("X-Own", "Cookie");
		assertThat(second.log().get(1).headers()).containsKey("X-Own").doesNotContainKeys("X-Api-Key", "Cookie");
	}

	@Test
	@FaultCase(value = 55, over = Transport.TLS)
	void redirectFromHttpsToHttpIsHandedOver() throws Exception {
		ScriptedServer plain = serve((exchange) -> exchange.respond(200, "eavesdropped"));
		ScriptedServer server = serve(true,
				(exchange) -> exchange.respond(302, "moved", "Location: " + plain.uri("/new")));
		run((application) -> {
			for (int i = 0; i < 2; i++) {
				ContractResponse response = application.client().exchange(ContractRequest.get(server.uri("/")));
				assertThat(response.status()).isEqualTo(302);
				assertThat(response.headers().getLocation()).isEqualTo(plain.uri("/new"));
				assertThat(response.body()).isEqualTo("moved");
			}
		});
		assertThat(server.requests()).isEqualTo(2);
		assertThat(server.accepted()).isOne();
		assertThat(plain.accepted()).isZero();
	}

	@Test
	void redirectFromHttpToHttpsIsFollowedWithoutSecrets() throws Exception {
		ScriptedServer secure = serve(true, (exchange) -> exchange.respond(200, "secure"));
		ScriptedServer server = serve((exchange) -> exchange.respond(302, "", "Location: " + secure.uri("/new")));
		run((application) -> assertThat(
				application.client().exchange(ContractRequest.get(server.uri("/")).header("Cookie", "a=b")).body())
			.isEqualTo("secure"));
		assertThat(secure.log()).singleElement()
			.satisfies((request) -> assertThat(request.headers()).doesNotContainKey("Cookie"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://exa mple/", "http://[::1/", "http://localhost:x/", "/a b", "/a\"b", "/%zz",
			"http://good.test\\@evil.test/", "/\u0001", "file:///etc/passwd", "ftp://localhost/", "javascript:alert(1)",
			"jar:file:/a!/b", "gopher://localhost/", "http://user:pass@localhost/", "http://user@localhost/",
			"//user:pass@localhost/", "http://@localhost/", "http:///path", "http:path", "http://", "http:/path",
			"http://:80/", "http://localhost:0/", "http://localhost:65536/", "http://localhost:99999999999/",
			"http://exa%0d%0aX-Evil:1/", "http://exa%00mple/" })
	void badLocationIsARedirectErrorAndTheConnectionLivesOn(String location) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(302, "moved", "Location: " + location);
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			ContractClient client = application.client();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> client
					.exchange(ContractRequest.get(server.uri("/old")).header("Authorization", "secret")))
				.havingRootCause()
				.isInstanceOf(RedirectException.class)
				.withMessageContainingAll("The redirect (302) by upstream " + server.url(), "its Location ")
				.withMessageNotContainingAny("pass", "evil");
			assertThat(client.get(server.uri("/fine"))).isEqualTo("fine");
		});
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/old", "/fine");
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "/new, /new", "new, /a/new", "../new, /new", "./new, /a/new", "?page=2, /a/old?page=2",
			"/new?a=b#c, /new?a=b", "/n%C3%A4w%20, /n%C3%A4w%20", "/nÃ¤w, /n%c3%a4w", "/%0d%0aX:1, /%0d%0aX:1" })
	void locationIsResolvedAgainstTheRequest(String location, String path) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().onConnection() == 1) {
				exchange.respond(302, "", "Location: " + location);
			}
			else {
				exchange.respond(200, "new");
			}
		});
		run((application) -> assertThat(application.client().get(server.uri("/a/old"))).isEqualTo("new"));
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/a/old", path);
	}

	@Test
	void loopIsARedirectErrorAndTheConnectionLivesOn() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			switch (exchange.request().path()) {
				case "/one" -> exchange.respond(302, "moved", "Location: /two");
				case "/two" -> exchange.respond(302, "moved", "Location: /one");
				default -> exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().get(server.uri("/one")))
				.havingRootCause()
				.isInstanceOf(RedirectException.class);
			assertThat(application.client().get(server.uri("/fine"))).isEqualTo("fine");
		});
		assertThat(server.requests()).isLessThanOrEqualTo(12);
		assertThat(server.accepted()).isOne();
	}

}
