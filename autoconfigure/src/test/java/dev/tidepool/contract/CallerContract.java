package dev.tidepool.contract;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Callers that go away, or do not.
 */
abstract class CallerContract extends Contract {

	private static final String SUSPECTED = "has not come back";

	private final CountDownLatch stopped = new CountDownLatch(1);

	CallerContract(ContractSide side) {
		super(side);
	}

	@AfterEach
	void stop() {
		this.stopped.countDown();
	}

	@ParameterizedTest
	@ExtendWith(OutputCaptureExtension.class)
	@FaultCase(value = 60, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void responseThatIsNotClosedIsWarnedOfOnceWithItsPlace(boolean tls, CapturedOutput output) throws Exception {
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstart");
			this.stopped.await();
		});
		run((application) -> {
			ContractExchange unclosed = application.client().open(ContractRequest.get(server.uri("/")));
			assertThat(unclosed.readSome()).isEqualTo(5);
			UpstreamStats stats = application.stats(server);
			eventually().untilAsserted(() -> assertThat(output).contains(SUSPECTED, "\tat dev.tidepool.contract."));
			assertThat(stats.leaks().suspected()).isOne();
			assertThat(stats.leaks().places()).singleElement()
				.satisfies((place) -> assertThat(place.where()).startsWith("dev.tidepool.contract."));
			assertThat(stats.connections(State.ACTIVE)).isOne();
			unclosed.close();
			application.isAtRest();
			assertThat(output).containsOnlyOnce(SUSPECTED);
		}, "tidepool.pool.leak-detection-threshold=50ms");
		assertThat(server.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 61, over = { Transport.PLAIN, Transport.TLS })
	@CsvSource({ "'', false", "'HTTP/1.1 200 OK\r\nContent-Le', false",
			"'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nstart', false", "'', true",
			"'HTTP/1.1 200 OK\r\nContent-Le', true",
			"'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nstart', true" })
	void callerThatGoesAwayLeavesNothing(String sent, boolean tls) throws Exception {
		CountDownLatch sending = new CountDownLatch(1);
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.raw(sent);
			sending.countDown();
			this.stopped.await();
		});
		run((application) -> {
			ContractCall call = application.client().start(ContractRequest.get(server.uri("/")));
			assertThat(sending.await(WIDE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			call.cancel();
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(call::get);
			application.isAtRest();
			eventually().until(() -> application.stats(server).connections().isEmpty());
		}, "tidepool.timeout.response=10m", "tidepool.timeout.read=10m", "tidepool.pool.max-per-upstream=1");
		assertThat(server.requests()).isOne();
		assertThat(server.accepted()).isOne();
	}

}
