package dev.tidepool.contract;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a caller passes in cannot change the bytes around it.
 */
abstract class RequestContract extends Contract {

	RequestContract(ContractSide side) {
		super(side);
	}

	private void isRefused(boolean tls, Request request, String... message) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> client.exchange(request.to(server)))
				.havingRootCause()
				.isInstanceOf(IllegalArgumentException.class)
				.withMessageContainingAll(message)
				.withMessageNotContainingAny("secret", "\r", "\n");
			assertThat(server.accepted()).isZero();
			assertThat(client.get(server.uri("/after"))).isEqualTo("fine");
		});
		assertThat(server.log()).extracting(ScriptedServer.Request::path).containsExactly("/after");
		assertThat(server.accepted()).isOne();
	}

	static Stream<String> badValues() {
		return Stream.of("secret\r\nX-Evil: 1", "secret\n", "secret\r", "\nsecret", "secret\u0000", "secret\u0001",
				"secret\u000b", "secret\u000c", "secret\u001b[31m", "secret\u007f", "secret\u0085", "secret\u009f",
				"secret\u010d\u010aX-Evil: 1", "secret\u2028", "secret\u20ac", "secret\ud83d\ude00", "secret\uff0a");
	}

	@ParameterizedTest
	@MethodSource("badValues")
	void headerValueWithBadCharactersIsRefusedBeforeAConnectionIsTaken(String value) throws Exception {
		isRefused(false, (server) -> ContractRequest.post(server.uri("/bad")).header("X-Value", value), "'X-Value'");
	}

	@Test
	void headerValueIsCheckedOnTlsToo() throws Exception {
		isRefused(true, (server) -> ContractRequest.get(server.uri("/bad")).header("Cookie", "secret\r\nX-Evil: 1"),
				"'Cookie'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "X Name", " X", "X ", "X:", "X\r\nX-Evil", "X\n", "X\u0000", "X\tY", "X\u010a", "X\u00e4",
			"\"X\"", "X(Y)", "X/Y", "X@Y", "X{Y}", "X,Y", "X;Y", "X=Y", "X\\Y", "X[Y]", "X?Y", "X<Y>" })
	void headerNameThatIsNoTokenIsRefusedBeforeAConnectionIsTaken(String name) throws Exception {
		isRefused(false, (server) -> ContractRequest.get(server.uri("/bad")).header(name, "secret"), "request header",
				"name");
	}

	// RestClient's own request factory knows some methods only, and says so
	@ParameterizedTest
	@ValueSource(strings = { "GET /evil HTTP/1.1\r\nX: ", "GE T", "GET\n", "G\u00c4T", "\u0147\u0145\u0154", "G,T" })
	void methodThatIsNoTokenIsRefusedBeforeAConnectionIsTaken(String method) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client()
				.exchange(ContractRequest.of(HttpMethod.valueOf(method), server.uri("/bad"))))
			.havingRootCause()
			.isInstanceOf(IllegalArgumentException.class)
			.withMessageContaining("method"));
		assertThat(server.accepted()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/\u00e4", "/a\u20acb", "/a?q=\u010a", "/\ud83d\ude00", "/a?\u00df", "/\u0120\u0148" })
	void targetWithOtherThanAsciiCharactersIsRefusedBeforeAConnectionIsTaken(String path) throws Exception {
		isRefused(false, (server) -> ContractRequest.get(server.uri(path)), "percent-encoded");
	}

	@Test
	void everyCharacterThatMayStandInARequestArrives() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		StringBuilder value = new StringBuilder("a\tb");
		for (char c = ' '; c <= '\u00ff'; c++) {
			if (c < '\u007f' || c >= '\u00a0') {
				value.append(c);
			}
		}
		String name = "!#$%&'*+-.^_`|~09azAZ";
		run((application) -> application.client()
			.exchange(ContractRequest.of(HttpMethod.OPTIONS, server.uri("/a%0D%0A;b=c?d=%00&e=/?!$'()*,~"))
				.header(name, value.toString())
				.header("X-Empty", "")));
		assertThat(server.log()).singleElement().satisfies((request) -> {
			assertThat(request.method()).isEqualTo("OPTIONS");
			assertThat(request.path()).isEqualTo("/a%0D%0A;b=c?d=%00&e=/?!$'()*,~");
			assertThat(request.header(name)).isEqualTo(value.toString());
			assertThat(request.header("X-Empty")).isEmpty();
		});
	}

	@ParameterizedTest
	@CsvSource({ "Transfer-Encoding, chunked", "transfer-encoding, 'chunked, identity'", "Transfer-Encoding, xchunked",
			"Content-Length, 3", "content-length, 7", "Content-Length, 70", "Content-Length, 0" })
	void framingIsSaidByTheBodyAlone(String header, String value) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, exchange.request().path()));
		run((application) -> {
			ContractClient client = application.client();
			for (ContractRequest request : List.of(ContractRequest.post(server.uri("/one")).header(header, value),
					ContractRequest.post(server.uri("/parts")).header(header, value).parts(List.of("con", "tent")),
					ContractRequest.get(server.uri("/none")).header(header, value))) {
				try {
					assertThat(client.exchange(request).body()).isEqualTo(request.uri().getPath());
				}
				catch (ContractFailure ex) {
					assertThat(ex).cause().isInstanceOfAny(IOException.class, IllegalArgumentException.class);
				}
				assertThat(client.post(server.uri("/after"))).isEqualTo("/after");
			}
		}, "tidepool.timeout.response=2s");
		assertThat(server.log()).allSatisfy((request) -> {
			// What is too much of a body that was begun is an error to the caller alone
			String body = new String(request.body(), StandardCharsets.UTF_8);
			assertThat(body).isIn(request.path().equals("/parts") ? List.of("content", "con", "")
					: request.path().equals("/none") ? List.of("") : List.of("content"));
			boolean length = request.headers().containsKey("Content-Length");
			boolean chunked = request.headers().containsKey("Transfer-Encoding");
			assertThat(length && chunked).isFalse();
			assertThat(request.header("Transfer-Encoding")).isIn(null, "chunked");
			assertThat(request.header("Content-Length")).isIn(null, String.valueOf(body.length()));
		});
		assertThat(server.log()).extracting(ScriptedServer.Request::path).filteredOn("/after"::equals).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "websocket", "h2c", "TLS/1.2" })
	void upgradeThatTheCallerAsksForIsNoWayOutOfHttp(String protocol) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/upgrade")) {
				exchange.raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + protocol
						+ "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		run((application) -> {
			ContractClient client = application.client();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> client.exchange(ContractRequest.get(server.uri("/upgrade"))
					.header("Connection", "Upgrade")
					.header("Upgrade", protocol)))
				.havingRootCause()
				.isInstanceOf(ProtocolException.class);
			assertThat(client.get(server.uri("/after"))).isEqualTo("fine");
		});
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void noUpgradeIsOfferedUnasked() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> application.client().get(server.uri("/")));
		assertThat(server.log()).singleElement().satisfies((request) -> {
			assertThat(request.headers()).doesNotContainKey("Upgrade");
			assertThat(request.header("Connection")).isIn(null, "keep-alive");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/\u00e4" })
	void userInfoOfAUrlIsRefusedAndNotRepeated(String path) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		URI uri = URI.create("http://user:secret@localhost:" + server.port() + path);
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().get(uri))
			.havingRootCause()
			.withMessageNotContaining("secret"));
		assertThat(server.accepted()).isZero();
	}

	@FunctionalInterface
	private interface Request {

		ContractRequest to(ScriptedServer server);

	}

}
