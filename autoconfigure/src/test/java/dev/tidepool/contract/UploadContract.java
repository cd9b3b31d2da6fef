package dev.tidepool.contract;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Bodies that get lost on their way, or at their source.
 */
abstract class UploadContract extends Contract {

	private static final int LARGE = 4 * 1024 * 1024;

	private static final String QUICK_BACKOFF = "tidepool.retry.backoff.initial=1ms";

	UploadContract(ContractSide side) {
		super(side);
	}

	static List<Arguments> losses() {
		return RetryContract.losses().toList();
	}

	@ParameterizedTest
	@FaultCase(value = 19, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void bodyInOnePieceIsSentAgainAfterTheConnectionWasLostWithinIt(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = losingTheFirst(loss, tls);
		run((application) -> {
			ContractRequest put = ContractRequest.put(server.uri("/")).body("x".repeat(LARGE)).id("put");
			assertThat(application.client().exchange(put).body()).isEqualTo("fine");
			eventually().until(() -> application.stats(server).connections().size() == 1);
		}, QUICK_BACKOFF);
		assertThat(server.requests("put")).isEqualTo(2);
		assertThat(server.accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@FaultCase(value = 19, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void postIsNotSentAgainAfterTheConnectionWasLostWithinIt(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = losingTheFirst(loss, tls);
		isSentOnce(server, ContractRequest.post(server.uri("/")).body("x".repeat(LARGE)));
	}

	@ParameterizedTest
	@FaultCase(value = 19, over = { Transport.PLAIN, Transport.TLS })
	@MethodSource("losses")
	void bodyThatIsStreamedIsNotSentAgainAfterTheConnectionWasLostWithinIt(Loss loss, boolean tls) throws Exception {
		ScriptedServer server = losingTheFirst(loss, tls);
		List<String> parts = IntStream.range(0, 64).mapToObj((i) -> "x".repeat(LARGE / 64)).toList();
		isSentOnce(server, ContractRequest.put(server.uri("/")).parts(parts));
	}

	private ScriptedServer losingTheFirst(Loss loss, boolean tls) throws Exception {
		return serve(tls, (exchange) -> {
			if (exchange.attempt() == 1) {
				exchange.input().readNBytes(1000);
				loss.lose(exchange);
			}
			else {
				exchange.input().readNBytes(LARGE);
				exchange.respond(200, "fine");
			}
		}).withoutReadingBodies();
	}

	private void isSentOnce(ScriptedServer server, ContractRequest request) {
		run((application) -> {
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> application.client().exchange(request.id("once")))
				.havingCause()
				.withMessageContaining("attempt 1 of " + request.method());
			eventually().until(() -> application.stats(server).connections().isEmpty());
		}, QUICK_BACKOFF);
		assertThat(server.requests("once")).isOne();
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 48, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void bodyWhoseSourceFailsIsNeverComplete(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			assertThat(client.get(server.uri("/before"))).isEqualTo("fine");
			Iterable<String> parts = () -> IntStream.range(0, 3).mapToObj((i) -> {
				if (i == 2) {
					throw new IllegalStateException("The source has dried up");
				}
				return "part";
			}).iterator();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> client.exchange(ContractRequest.put(server.uri("/failing")).parts(parts)))
				.havingRootCause()
				.isInstanceOf(IllegalStateException.class)
				.withMessage("The source has dried up");
			application.isAtRest();
			eventually().until(() -> application.stats(server).connections().isEmpty());
			assertThat(client.post(server.uri("/after"))).isEqualTo("fine");
		});
		assertThat(server.log()).extracting(Request::path).containsExactly("/before", "/after");
		assertThat(server.accepted()).isEqualTo(2);
	}

}
