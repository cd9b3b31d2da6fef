package com.example.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

import com.example.lab.Comparison.Better;

import dev.tidepool.testsupport.NginxServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each experiment of the lab, short, counts what its table says.
 */
@Timeout(120)
class ExperimentsIT {

	@ParameterizedTest
	@ValueSource(strings = { "in process", "nginx" })
	void clientPerRequestLeavesAConnectionEachUnlessTheySharePool(String kind) throws Exception {
		Upstreams upstreams = upstreams(kind);
		Comparison result = Runner.compare(new ClientPerRequest(upstreams, 20));
		assertThat(result.upstream()).isEqualTo(upstreams.name());
		assertThat(result.plain().value("connections opened")).isEqualTo(20);
		assertThat(result.plain().value("connections left open")).isEqualTo(20);
		assertThat(result.tidepool().value("connections opened")).isEqualTo(1);
		assertThat(result.tidepool().value("connections left open")).isEqualTo(1);
		assertNoFailures(result.plain(), result.tidepool());
		assertThat(result.better()).isEqualTo(Better.TIDEPOOL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "in process", "nginx" })
	void callersQueueForFiveConnectionsUnlessThereAreEnough(String kind) throws Exception {
		Upstreams upstreams = upstreams(kind);
		Comparison result = Runner.compare(new SmallPool(upstreams, 2));
		assertThat(result.upstream()).isEqualTo(upstreams.name());
		assertThat(result.plain().value("connections opened")).isEqualTo(5);
		// 80 calls of 50 ms by 40 callers on 5 connections: the last one has taken 800 ms
		// for two
		assertThat(result.plain().value("slowest call")).isGreaterThan(300);
		assertThat(result.tidepool().value("connections opened")).isBetween(6.0, 40.0);
		assertNoFailures(result.plain(), result.tidepool());
	}

	@ParameterizedTest
	@ValueSource(strings = { "in process", "nginx" })
	void unreadBodiesAreReadOnUnlessThatIsDear(String kind) throws Exception {
		Upstreams upstreams = upstreams(kind);
		Comparison result = Runner.compare(new UnreadBodies(upstreams, 2, 4 * 1024 * 1024));
		assertThat(result.upstream()).isEqualTo(upstreams.name());
		assertThat(result.plain().value("sent of large ones")).isGreaterThanOrEqualTo(8 * 4);
		assertThat(result.tidepool().value("sent of large ones")).isLessThan(8 * 4);
		assertThat(result.tidepool().value("connections for large ones")).isBetween(1.0, 8.0);
		assertThat(result.tidepool().value("connections for small ones")
				+ result.tidepool().value("connections for large ones"))
			.as("one for each large one")
			.isGreaterThanOrEqualTo(8);
		// As good as each other
		assertThat(result.plain().value("connections for small ones")).isBetween(1.0, 4.0);
		// Of 9 calls. Where the machine stands still for drain-max-time, one is given up
		assertThat(result.tidepool().value("connections for small ones")).isBetween(1.0, 8.0);
		assertNoFailures(result.plain(), result.tidepool());
	}

	@Test
	void endlessBodyBlocksItsCallerUntilTheUpstreamEndsItUnlessItIsGivenUp() throws Exception {
		Comparison result = Runner.compare(new EndlessBodies(Duration.ofMillis(2500)));
		assertThat(result.plain().value("slowest call")).isGreaterThan(2400);
		assertThat(result.tidepool().value("slowest call")).isLessThan(result.plain().value("slowest call"));
		assertThat(result.tidepool().value("sent")).isLessThan(result.plain().value("sent"));
		assertNoFailures(result.plain(), result.tidepool());
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void callsAreLostInTheKeepAliveRaceUnlessConnectionsAreGivenUpEarlier(String method) throws Exception {
		IdleTimeout idleTimeout = new IdleTimeout(Duration.ofSeconds(2), Duration.ofMillis(800));
		Comparison result = race(upstreams("in process"), method, idleTimeout, 1);
		assertThat(result.plain().value("requests cut off")).isPositive();
		assertThat(result.tidepool().value("requests cut off")).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void callsAreLostAfterNginxClosedUnlessConnectionsAreGivenUpEarlier(String method) throws Exception {
		IdleTimeout idleTimeout = new IdleTimeout(Duration.ofSeconds(1), Duration.ofSeconds(1));
		race(nginx(), method, idleTimeout, 2);
	}

	private static Comparison race(Upstreams upstreams, String method, IdleTimeout idleTimeout, int rounds)
			throws Exception {
		Comparison result = Runner
			.compare(new KeepAliveRace(upstreams, HttpMethod.valueOf(method), idleTimeout, rounds));
		assertThat(result.upstream()).isEqualTo(upstreams.name());
		assertThat(result.plain().value("calls lost")).isPositive();
		assertThat(result.plain().value("requests received"))
			.isEqualTo(result.plain().value("calls made") - result.plain().value("calls lost"));
		assertThat(result.tidepool().value("calls made")).isEqualTo(7 * (rounds + 1));
		assertThat(result.tidepool().value("requests received")).isEqualTo(7 * (rounds + 1));
		assertThat(result.tidepool().value("calls lost")).isZero();
		assertNoFailures(result.tidepool());
		assertThat(result.better()).isEqualTo(Better.TIDEPOOL);
		return result;
	}

	@Test
	void callsOfAFanOutPileUpWhileTheUpstreamStallsUnlessTheyEndByThemselves() throws Exception {
		Comparison result = Runner.compare(new FanOut(Duration.ofMillis(500)));
		assertThat(result.plain().value("calls under way as the stall ends"))
			.isGreaterThan(result.tidepool().value("calls under way as the stall ends"));
		assertThat(result.plain().value("whole answers after, of 60"))
			.isLessThan(result.tidepool().value("whole answers after, of 60"));
		assertThat(result.better()).as("threads in calls at most").isEqualTo(Better.TIDEPOOL);
		// All that may fail is what came during the stall
		assertThat(result.tidepool().failures().keySet()).containsExactly("SocketTimeoutException");
	}

	@Test
	void gatewayCallsItselfThroughTheProxyOfTheSystemUnlessThatIsNotAskedFor() throws Exception {
		List<String> before = proxyOfTheSystem();
		Comparison result = Runner.compare(new ProxyLoop(Duration.ofSeconds(3)));
		assertThat(result.plain().value("requests at the gateway")).isEqualTo(6);
		assertThat(result.plain().value("requests at the upstream")).isZero();
		assertThat(result.plain().failures()).isEqualTo(Map.of("SocketTimeoutException", 1));
		assertThat(result.tidepool().value("requests at the gateway")).isEqualTo(1);
		assertThat(result.tidepool().value("requests at the upstream")).isEqualTo(1);
		// With the user's
		assertThat(result.plain().value("threads in calls at most")).isEqualTo(7);
		assertThat(result.tidepool().value("threads in calls at most")).isEqualTo(2);
		assertNoFailures(result.tidepool());
		assertThat(result.better()).isEqualTo(Better.TIDEPOOL);
		assertThat(proxyOfTheSystem()).isEqualTo(before);
	}

	@Test
	void callsFailAfterACertificateWasRotatedUnlessTheBundleIsFollowed() throws Exception {
		Comparison result = Runner.compare(new CertificateRotation(4));
		assertThat(result.plain().value("calls under the old certificate")).isEqualTo(4);
		assertThat(result.plain().value("calls lost")).isEqualTo(4);
		assertThat(result.plain().failures()).containsKey("SSLHandshakeException");
		assertThat(result.tidepool().value("calls under the old certificate")).isZero();
		assertThat(result.tidepool().value("calls lost")).isZero();
		assertThat(result.tidepool().value("connections opened")).isEqualTo(3);
		assertNoFailures(result.tidepool());
		assertThat(result.better()).isEqualTo(Better.TIDEPOOL);
	}

	private static Upstreams upstreams(String kind) throws Exception {
		return kind.equals("nginx") ? nginx() : Upstreams.inProcess("for a test");
	}

	// Ends the test where there is none
	private static Upstreams nginx() throws Exception {
		String version = NginxServer.version();
		Upstreams upstreams = Upstreams.ofThisMachine();
		assertThat(upstreams.name()).isEqualTo("nginx " + version.split(" ")[0]);
		return upstreams;
	}

	private static List<String> proxyOfTheSystem() {
		return Stream.of("http.proxyHost", "http.proxyPort", "http.nonProxyHosts").map(System::getProperty).toList();
	}

	private static void assertNoFailures(Outcome... outcomes) {
		assertThat(List.of(outcomes)).extracting(Outcome::failures)
			.allSatisfy((failures) -> assertThat(failures).isEmpty());
	}

}
