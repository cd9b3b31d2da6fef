package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

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

	static final List<Contender> ALL = Stream.of(Section.values())
		.flatMap((section) -> section.contenders().stream())
		.toList();

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
			Traffic traffic = client.traffic(UpstreamProcess.BODY.length(), 4, false);
			Measurement measurement = new Load(traffic, upstream.processes()).run(Duration.ofMillis(50),
					Duration.ofMillis(50));
			client.check(traffic.calls());
			assertThat(measurement.callers()).isEqualTo(4);
			assertThat(traffic.calls()).isGreaterThanOrEqualTo(measurement.calls());
		}
	}

	@ParameterizedTest
	@FieldSource("ALL")
	void bodyOfAnotherLengthEndsTheRun(Contender contender) throws Exception {
		try (Client client = contender.opening().open(upstream.uri(), 2)) {
			Load load = new Load(client.traffic(UpstreamProcess.BODY.length() + 1, 2, false), upstream.processes());
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> load.run(Duration.ofMinutes(1), Duration.ofMinutes(1)))
				.withMessageContaining("A body of 180 bytes");
		}
	}

	@Test
	void callThatDidNotGoThroughThePoolIsNoticed() throws Exception {
		try (RestClientOnTidepool client = new RestClientOnTidepool(upstream.uri(), 1)) {
			client.call();
			client.call();
			client.check(2);
			assertThatIllegalStateException().isThrownBy(() -> client.check(3))
				.withMessage("3 calls by 1 callers acquired 2 connections and opened 1");
		}
	}

	@Test
	void webClientOnAnotherConnectorIsNoticed() {
		assertThatIllegalStateException()
			.isThrownBy(() -> new WebClientOfBoot(upstream.uri(), 1, Application.run(Map.of("tidepool.enabled", false)),
					"dev.tidepool."))
			.withMessage("WebClient runs on org.springframework.http.client.reactive.ReactorClientHttpConnector,"
					+ " and not on dev.tidepool.");
	}

	@Test
	void poolSmallerThanTheRequestsInFlightIsNoticed() throws Exception {
		try (Client client = new HttpAsyncClientAlone(upstream.uri(), 1)) {
			Traffic traffic = client.traffic(UpstreamProcess.BODY.length(), 4, false);
			new Load(traffic, upstream.processes()).run(Duration.ofMillis(50), Duration.ofMillis(50));
			assertThatIllegalStateException().isThrownBy(() -> KeptSockets.check(upstream.uri(), 4))
				.withMessage("4 requests in flight kept 1 connections");
		}
	}

}
