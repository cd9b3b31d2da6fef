package dev.tidepool.contract;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;
import dev.tidepool.testsupport.ScriptedServer.Request;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever an upstream answers, its caller soon gets what can be read in one way only or
 * a failure, it is asked once, and no byte of it reaches the next caller.
 */
abstract class ResponseContract extends Contract {

	// A response that is waited for in vain fails, but not in time
	private static final String[] TIMEOUTS = { "tidepool.timeout.response=4s", "tidepool.timeout.read=4s" };

	ResponseContract(ContractSide side) {
		super(side);
	}

	@ParameterizedTest
	@FaultCase(value = { 29, 35, 36 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void lengthIsANumberAndTheOnlyOneOrFails(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.CONTENT_LENGTH, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 35, 37 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void transferCodingIsChunkedOrFails(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.TRANSFER_ENCODING, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 32, 33 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void chunksAreWholeOrFail(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.CHUNKS, tls);
	}

	@ParameterizedTest
	@FaultCase(value = 34, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void trailersAreHeaderFieldsOrFail(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.TRAILERS, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 38, 39 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void statusLineIsOneOrFails(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.STATUS_LINE, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 39, 40 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void headerFieldsAreSomeOrFail(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.HEADERS, tls);
	}

	@ParameterizedTest
	@FaultCase(value = 31, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void halfAHeadFails(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.HALF_A_HEAD, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 41, 42 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void bytesAfterAResponseWithoutABodyAreNeverDelivered(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.NO_BODY, tls);
	}

	@ParameterizedTest
	@FaultCase(value = { 39, 43 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void interimResponsesAreFollowedByAnAnswerOrFail(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.INTERIM, tls);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a=b c", "a=b\r\n folded", "a=b,c", "a=\"b", "a=\u00e9", "=b", "a", "a b=c",
			"a=b; Path=\u0001", "a=b; Max-Age=x", "a=b; SameSite=?", "a=b; Domain=other.test" })
	void cookieThatIsNoneIsNoFailure(String cookie) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange
			.raw("HTTP/1.1 200 OK\r\nSet-Cookie: " + cookie + "\r\nContent-Length: 4\r\n\r\nfine"));
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
		});
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = { 10, 30 }, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void nothingAfterAResponseIsDelivered(boolean tls) throws Exception {
		isReadInOneWayOrFails(ResponseRule.END, tls);
	}

	final void isReadInOneWayOrFails(ResponseRule rule, boolean tls) throws Exception {
		List<ResponseVector> vectors = rule.vectors().toList();
		ScriptedServer server = serve(tls, (exchange) -> answer(exchange, vectors));
		run((application) -> {
			SoftAssertions softly = new SoftAssertions();
			for (int i = 0; i < vectors.size(); i++) {
				check(new Call(application.client(), server, vectors.get(i), i, softly));
				application.isAtRest();
			}
			softly.assertAll();
		}, TIMEOUTS);
	}

	private static void answer(Exchange exchange, List<ResponseVector> vectors) throws Exception {
		String path = exchange.request().path();
		if (path.equals("/next")) {
			exchange.respond(200, exchange.request().header("X-Id"));
			return;
		}
		ResponseVector vector = vectors.get(Integer.parseInt(path.substring(1)));
		exchange.raw(vector.response());
		if (vector.closed()) {
			exchange.close();
		}
	}

	private static void check(Call call) {
		ResponseVector vector = call.vector();
		SoftAssertions softly = call.softly();
		String id = "vector-" + call.number();
		try {
			ContractResponse response = call.client()
				.exchange(ContractRequest.of(vector.method(), call.server().uri("/" + call.number())).id(id));
			softly.assertThat(vector.outcome().mayBeDelivered())
				.as("%s: is delivered with '%s'", vector, response.body())
				.isTrue();
			softly.assertThat(response.body()).as("%s: body", vector).isEqualTo(vector.body());
		}
		catch (ContractFailure ex) {
			softly.assertThat(vector.outcome().mayFail()).as("%s: fails with %s", vector, ex.getCause()).isTrue();
			softly.assertThat(ex.getCause())
				.as("%s: failure", vector)
				.isInstanceOf(IOException.class)
				.isNotInstanceOf(SocketTimeoutException.class);
		}
		softly.assertThat(call.server().requests(id)).as("%s: requests", vector).isOne();
		isFollowed(call, connection(call.server(), id));
	}

	private static void isFollowed(Call call, int connection) {
		ResponseVector vector = call.vector();
		SoftAssertions softly = call.softly();
		String next = "next-" + call.number();
		try {
			ContractRequest request = ContractRequest.post(call.server().uri("/next")).id(next);
			softly.assertThat(call.client().exchange(request).body()).as("%s: next answer", vector).isEqualTo(next);
		}
		catch (ContractFailure ex) {
			softly.fail("%s: next call fails".formatted(vector), ex);
		}
		softly.assertThat(call.server().requests(next)).as("%s: next requests", vector).isOne();
		boolean reused = connection(call.server(), next) == connection;
		softly.assertThat(reused && !vector.outcome().mayBeReused()).as("%s: is reused", vector).isFalse();
		softly.assertThat(!reused && vector.outcome().mustBeReused()).as("%s: is not reused", vector).isFalse();
	}

	private static int connection(ScriptedServer server, String id) {
		return server.log()
			.stream()
			.filter((request) -> id.equals(request.header("X-Id")))
			.mapToInt(Request::connection)
			.findFirst()
			.orElse(-1);
	}

	private record Call(ContractClient client, ScriptedServer server, ResponseVector vector, int number,
			SoftAssertions softly) {
	}

}
