package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.CallTimeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The contenders call, and the harness notices when what it measures is not what the row
 * says.
 */
class ContenderTests {

	static final List<Contender> ON_THIS_JDK = installed(Contender.values())
		.filter((contender) -> !contender.isVirtual())
		.toList();

	static final List<Contender> SPEAKING_TLS = ON_THIS_JDK.stream()
		.filter((contender) -> contender.speaks(Exchange.TLS_GET))
		.toList();

	static final List<Contender> SENDING = installed(Contender.RAW_SOCKETS, Contender.HTTPCLIENT, Contender.OKHTTP,
			Contender.GO, Contender.TIDEPOOL, Contender.ASYNC, Contender.WEBCLIENT_TIDEPOOL)
		.toList();

	private static final int PORTS = 64;

	private static UpstreamProcess upstream;

	private static int usedPorts;

	@BeforeAll
	static void startUpstream() throws Exception {
		upstream = UpstreamProcess.java(false, PORTS);
	}

	@AfterAll
	static void stopUpstream() throws Exception {
		upstream.close();
	}

	private static Stream<Contender> installed(Contender... contenders) {
		return Stream.of(contenders).filter((contender) -> contender.isInstalled(GoToolchain.PATH));
	}

	/**
	 * To a port of its own, since not every client can be closed, and sockets are
	 * counted.
	 */
	private static Request request(Exchange exchange) {
		return upstream.request(exchange, usedPorts++);
	}

	@ParameterizedTest
	@FieldSource("ON_THIS_JDK")
	void everyCallIsAnsweredAndCounted(Contender contender) throws Exception {
		load(contender, request(Exchange.GET));
	}

	@ParameterizedTest
	@FieldSource("SENDING")
	void everyBodyThatIsSentIsAnswered(Contender contender) throws Exception {
		load(contender, request(Exchange.POST));
	}

	@Test
	void certificateOfTheUpstreamIsTrustedByAll() throws Exception {
		assumeTrue(UpstreamProcess.hasNginx(), "nginx speaks TLS");
		try (UpstreamProcess tls = UpstreamProcess.start(false, true)) {
			Request request = tls.request(Exchange.TLS_GET);
			for (Contender contender : SPEAKING_TLS) {
				try (Client client = contender.open(request, 1)) {
					Traffic traffic = client.traffic(request.exchange().answerLength(), 1, false);
					new Load(traffic, tls.processes()).run(Duration.ZERO, Duration.ZERO);
					assertThat(traffic.calls()).as(contender.title()).isPositive();
				}
			}
		}
	}

	private static void load(Contender contender, Request request) throws Exception {
		try (Client client = contender.open(request, 4)) {
			Traffic traffic = client.traffic(request.exchange().answerLength(), 4, false);
			Measurement measurement = new Load(traffic, upstream.processes()).run(Duration.ofMillis(50),
					Duration.ofMillis(50));
			client.check(traffic.calls());
			assertThat(measurement.callers()).isEqualTo(4);
			assertThat(traffic.calls()).isGreaterThanOrEqualTo(measurement.calls());
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "RAW_SOCKETS", "HTTPCLIENT", "TIDEPOOL", "OKHTTP", "ASYNC", "WEBCLIENT_TIDEPOOL" })
	void bodyOfAnotherLengthEndsTheRun(Contender contender) throws Exception {
		Request request = request(Exchange.GET);
		try (Client client = contender.open(request, 2)) {
			Load load = new Load(client.traffic(request.exchange().answerLength() + 1, 2, false), upstream.processes());
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> load.run(Duration.ofMinutes(1), Duration.ofMinutes(1)))
				.withMessageContaining("A body of 180 bytes");
		}
	}

	@Test
	void callThatDidNotGoThroughThePoolIsNoticed() throws Exception {
		try (RestClientOnTidepool client = RestClientOnTidepool.metered(request(Exchange.GET), 1)) {
			client.call();
			client.call();
			assertThatIllegalStateException().isThrownBy(() -> client.check(3))
				.withMessage("3 calls by 1 callers sent 2 requests and opened 1 connections");
			client.check(2);
		}
	}

	@Test
	void rowsSayWhetherCallsAreObserved() throws Exception {
		try (ConfigurableApplicationContext context = Application.run(request(Exchange.GET), Map.of(), Meters.class,
				Observations.class)) {
			PoolCheck check = poolCheck(context);
			context.getBean(MeterRegistry.class).timer("http.client.requests").record(Duration.ofMillis(1));
			assertThatIllegalStateException().isThrownBy(() -> check.check(1))
				.withMessage("2 of 1 calls were observed, with long task timers");
		}
		try (ConfigurableApplicationContext context = Application.run(request(Exchange.GET), Map.of(), Meters.class)) {
			PoolCheck check = poolCheck(context);
			context.getBean(MeterRegistry.class).timer("http.client.requests").record(Duration.ofMillis(1));
			assertThatIllegalStateException().isThrownBy(() -> check.check(1))
				.withMessage("1 of 1 calls were observed, without long task timers");
		}
	}

	private static PoolCheck poolCheck(ConfigurableApplicationContext context) {
		Request request = request(Exchange.GET);
		PoolCheck check = new PoolCheck(request.uri(), 1, context, (uri, timeout) -> {
		});
		context.getBean(RestClient.Builder.class).build().get().uri(request.uri()).retrieve().toBodilessEntity();
		return check;
	}

	@Test
	void callThatIsNotMadeAgainIsNoticed() throws Exception {
		Request request = request(Exchange.GET);
		try (ConfigurableApplicationContext context = Application.run(request,
				Map.of("tidepool.retry.enabled", false))) {
			RestClient client = context.getBean(RestClient.Builder.class).build();
			client.get().uri(request.uri()).retrieve().toBodilessEntity();
			PoolCheck once = new PoolCheck(request.uri(), 1, context,
					(uri, timeout) -> client.get()
						.uri(uri)
						.attributes(CallTimeout.of(timeout))
						.retrieve()
						.toBodilessEntity());
			assertThatIllegalStateException().isThrownBy(() -> once.check(1))
				.withMessage("A call that was lost was not made again");
		}
	}

	@Test
	void deadlineThatDoesNotFireIsNoticed() throws Exception {
		Request request = request(Exchange.GET);
		try (ConfigurableApplicationContext context = Application.run(request, Map.of())) {
			context.getBean(RestClient.Builder.class).build().get().uri(request.uri()).retrieve().toBodilessEntity();
			PoolCheck goesOn = new PoolCheck(request.uri(), 1, context, (uri, timeout) -> {
			});
			assertThatIllegalStateException().isThrownBy(() -> goesOn.check(1))
				.withMessageContaining("went on, and 0 deadlines fired");
			PoolCheck fails = new PoolCheck(request.uri(), 1, context, (uri, timeout) -> {
				throw new IllegalArgumentException();
			});
			assertThatIllegalStateException().isThrownBy(() -> fails.check(1))
				.withMessageContaining("failed, and 0 deadlines fired");
		}
	}

	@Test
	void clientOnSomethingElseIsNoticed() {
		Request request = request(Exchange.GET);
		assertThatIllegalStateException()
			.isThrownBy(() -> new WebClientOfBoot(request, 1,
					Application.run(request, Map.of("tidepool.enabled", false)), "dev.tidepool."))
			.withMessage("WebClient runs on org.springframework.http.client.reactive.ReactorClientHttpConnector,"
					+ " and not on dev.tidepool.");
		assertThatIllegalStateException().isThrownBy(
				() -> RestClientOfBoot.onTidepool(request, Application.run(request, Map.of("tidepool.enabled", false))))
			.withMessageEndingWith(", and not on dev.tidepool.");
	}

	@Test
	void poolSmallerThanTheRequestsInFlightIsNoticed() throws Exception {
		Request request = request(Exchange.GET);
		try (Client client = new HttpAsyncClientAlone(request, 1)) {
			Traffic traffic = client.traffic(request.exchange().answerLength(), 4, false);
			new Load(traffic, upstream.processes()).run(Duration.ofMillis(50), Duration.ofMillis(50));
			assertThatIllegalStateException().isThrownBy(() -> KeptSockets.check(request.uri(), 4))
				.withMessage("1 connections were kept, and not from 2 to 4");
		}
	}

}
