package dev.tidepool.contract;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Nothing that an upstream sends is taken without a bound: what is at a limit is taken,
 * what is beyond it ends the exchange, says which property set the limit, and is never
 * asked for again.
 */
abstract class ResponseLimitsContract extends Contract {

	private static final String LIMITS = "tidepool.response.";

	ResponseLimitsContract(ContractSide side) {
		super(side);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void headerFieldsAreLimited(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			int fields = Integer.parseInt(exchange.request().header("X-Fields"));
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
					+ IntStream.range(1, fields).mapToObj((i) -> "X-" + i + ": v\r\n").collect(Collectors.joining())
					+ "\r\nfine");
		});
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/"));
			assertThat(application.client().exchange(request.header("X-Fields", "100")).body()).isEqualTo("fine");
			isRefused(application, request.header("X-Fields", "101").id("once"), LIMITS + "max-header-count");
			assertThat(server.requests("once")).isOne();
			assertThat(application.client().exchange(request.header("X-Fields", "100")).body()).isEqualTo("fine");
		});
		assertThat(server.accepted()).isEqualTo(2);
	}

	@Test
	void linesAreLimited() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			int length = Integer.parseInt(exchange.request().header("X-Length"));
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: " + "v".repeat(length - 3) + "\r\n\r\nfine");
		});
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/"));
			assertThat(application.client().exchange(request.header("X-Length", "8192")).body()).isEqualTo("fine");
			isRefused(application, request.header("X-Length", "8193").id("once"), LIMITS + "max-line-length");
			assertThat(server.requests("once")).isOne();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nX: 1\r\n ",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " })
	void lineWithoutEndIsGivenUp(String begin) throws Exception {
		String more = "0".repeat(16 * 1024);
		ScriptedServer server = serve((exchange) -> {
			exchange.raw(begin);
			while (true) {
				exchange.raw(more);
			}
		});
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")), LIMITS + "max-line-length"));
		assertThat(server.requests()).isOne();
	}

	@Test
	void foldedLinesAddUp() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.raw("HTTP/1.1 200 OK\r\nX: 1\r\n"
				+ (" " + "v".repeat(1000) + "\r\n").repeat(9) + "Content-Length: 4\r\n\r\nfine"));
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")), LIMITS + "max-line-length"));
	}

	@ParameterizedTest
	@CsvSource({ "100 Continue", "102 Processing", "103 Early Hints", "199 Unknown" })
	void interimResponsesAreLimited(String status) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			int interim = Integer.parseInt(exchange.request().header("X-Interim"));
			exchange.raw(("HTTP/1.1 " + status + "\r\n\r\n").repeat(interim)
					+ "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine");
		});
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/"));
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().exchange(request.header("X-Interim", "20")).body()).isEqualTo("fine");
			}
			isRefused(application, request.header("X-Interim", "21").id("once"), LIMITS + "max-interim-responses");
			assertThat(server.requests("once")).isOne();
		});
		assertThat(server.accepted()).isOne();
	}

	@Test
	void interimResponsesMayBeRefusedAltogether() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange
			.raw("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"));
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")),
				"tidepool.upstreams.strict.response.max-interim-responses"),
				"tidepool.upstreams.strict.hosts=localhost",
				"tidepool.upstreams.strict.response.max-interim-responses=0");
	}

	@Test
	void eachUpstreamHasLimitsOfItsOwn() throws Exception {
		String large = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: " + "v".repeat(20_000) + "\r\n"
				+ "Y: v\r\n".repeat(150) + "\r\nfine";
		ScriptedServer talkative = serve((exchange) -> exchange.raw(large));
		ScriptedServer other = serve((exchange) -> exchange.raw(large));
		run((application) -> {
			assertThat(application.client().get(talkative.uri("/"))).isEqualTo("fine");
			assertThat(application.client().get(talkative.uri("/"))).isEqualTo("fine");
			isRefused(application, ContractRequest.get(other.uri("/")), LIMITS + "max-line-length");
		}, "tidepool.upstreams.talkative.hosts=localhost:" + talkative.port(),
				"tidepool.upstreams.talkative.response.max-line-length=32KB",
				"tidepool.upstreams.talkative.response.max-header-count=200");
		assertThat(talkative.accepted()).isOne();
	}

	@Test
	void chunkExtensionsAreBoundedByTheBody() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			int extension = Integer.parseInt(exchange.request().header("X-Extension"));
			for (int i = 0; i < 1000; i++) {
				exchange.raw("1;" + "e".repeat(extension) + "\r\nx\r\n");
			}
			exchange.raw("0\r\n\r\n");
		});
		run((application) -> {
			ContractRequest request = ContractRequest.get(server.uri("/"));
			assertThat(application.client().exchange(request.header("X-Extension", "8")).body()).hasSize(1000);
			assertThat(application.client().exchange(request.header("X-Extension", "8")).body()).hasSize(1000);
			isRefused(application, request.header("X-Extension", "100"), "extensions");
		});
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
			"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n" })
	void endOfTheConnectionIsNoEndOfAHead(String head) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw(head);
			exchange.close();
		});
		run((application) -> isRefused(application, ContractRequest.get(server.uri("/")), ""));
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void lengthThatIsGivenTwiceOverCostsTheConnection(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> exchange
			.raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n"));
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
		});
		assertThat(server.accepted()).isEqualTo(2);
	}

	static void isRefused(ContractApplication application, ContractRequest request, String says) {
		ContractClient client = application.client();
		assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> client.exchange(request.within(Duration.ofSeconds(20))))
			.satisfies((failure) -> {
				StringBuilder text = new StringBuilder();
				for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
					text.append(ex).append('\n');
				}
				assertThat(text.toString()).contains(says).doesNotContain("within 20s");
			});
	}

}
