package dev.tidepool.contract;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A request that asks whether its body is wanted never waits for long, and sends none
 * that is not (FAULTS 49; RFC 9110, 10.1.1).
 */
abstract class ExpectContinueContract extends Contract {

	ExpectContinueContract(ContractSide side) {
		super(side);
	}

	private static ContractRequest request(ScriptedServer server) {
		return ContractRequest.put(server.uri("/")).header("Expect", "100-continue");
	}

	private static String body(Exchange exchange) throws IOException {
		return new String(exchange.input().readNBytes("content".length()), StandardCharsets.US_ASCII);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void bodyIsSentOnceItIsWanted(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
			exchange.respond(200, body(exchange));
		}).withoutReadingBodies();
		run((application) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(application.client().exchange(request(server)).body()).isEqualTo("content");
			}
		});
		assertThat(server.requests()).isEqualTo(3);
		assertThat(server.accepted()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@FaultCase(value = 49, over = { Transport.PLAIN, Transport.TLS })
	void bodyIsSentAlthoughNobodySaysThatItIsWanted(boolean tls) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> exchange.respond(200, body(exchange))).withoutReadingBodies();
		run((application) -> assertThat(application.client().exchange(request(server)).body()).isEqualTo("content"),
				"tidepool.timeout.response=10s");
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@FaultCase(49)
	void bodyThatIsNotWantedIsNotSent(boolean chunked) throws Exception {
		CompletableFuture<byte[]> seen = new CompletableFuture<>();
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(417, "not wanted");
			seen.complete(rest(exchange));
		}).withoutReadingBodies();
		run((application) -> {
			ContractRequest request = chunked ? request(server).parts(List.of("con", "tent")) : request(server);
			ContractResponse response = application.client().exchange(request);
			assertThat(response.status()).isEqualTo(417);
			assertThat(response.body()).isEqualTo("not wanted");
			assertThat(seen.get(WIDE.toSeconds(), TimeUnit.SECONDS)).isEmpty();
			application.isAtRest();
			eventually().until(() -> application.stats(server).connections().isEmpty());
		});
		assertThat(server.requests()).isOne();
	}

	@Test
	@FaultCase(49)
	void waitEndsWithTheCall() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.stall(WIDE)).withoutReadingBodies();
		run((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> application.client().exchange(request(server)))
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContaining("tidepool.timeout.call"), "tidepool.timeout.call=2s");
		assertThat(server.requests()).isOne();
	}

	private static byte[] rest(Exchange exchange) {
		try {
			return exchange.input().readAllBytes();
		}
		catch (IOException ex) {
			// Reset
			return new byte[0];
		}
	}

}
