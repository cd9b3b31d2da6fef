package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The contenders call, and the harness notices when what it measures is not what the row
 * says.
 */
class ContenderTests {

	static final Object ALL = Contender.ALL;

	private static UpstreamProcess upstream;

	@BeforeAll
	static void startUpstream() throws Exception {
		upstream = UpstreamProcess.java(false);
	}

	@AfterAll
	static void stopUpstream() throws Exception {
		upstream.close();
	}

	@ParameterizedTest
	@FieldSource("ALL")
	void everyCallIsAnsweredAndCounted(Contender contender) throws Exception {
		try (Client client = contender.opening().open(upstream.uri(), 4)) {
			Load load = new Load(client, UpstreamProcess.BODY.length(), 4, false);
			Measurement measurement = load.run(Duration.ofMillis(50), Duration.ofMillis(50));
			client.check(load.calls());
			assertThat(measurement.callers()).isEqualTo(4);
			assertThat(load.calls()).isGreaterThanOrEqualTo(measurement.calls());
		}
	}

	@ParameterizedTest
	@FieldSource("ALL")
	void bodyOfAnotherLengthEndsTheRun(Contender contender) throws Exception {
		try (Client client = contender.opening().open(upstream.uri(), 2)) {
			Load load = new Load(client, UpstreamProcess.BODY.length() + 1, 2, false);
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> load.run(Duration.ofMinutes(1), Duration.ofMinutes(1)))
				.withMessageContaining("A body of 180 bytes");
		}
	}

	@Test
	void callThatDidNotGoThroughThePoolIsNoticed() throws Exception {
		try (Client client = new RestClientOnTidepool(upstream.uri(), 1)) {
			client.call();
			client.call();
			client.check(2);
			assertThatIllegalStateException().isThrownBy(() -> client.check(3))
				.withMessage("3 calls by 1 callers acquired 2 connections and opened 1");
		}
	}

}
