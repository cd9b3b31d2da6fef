package dev.tidepool.zoo;

import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.tidepool.testsupport.Together;
import dev.tidepool.zoo.ZooScenario.Result;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real upstreams, of which nothing is configured, called with both clients at once.
 * {@link ZooLong} runs the same for longer, with more of them.
 */
@Tag("zoo")
class ZooIT {

	private static final Duration LEARNING = Duration.ofSeconds(8);

	private static final Duration DURATION = Duration.ofSeconds(12);

	private static final Together<ZooUpstream, Result> RESULTS = new Together<>();

	@BeforeAll
	static void startAll() {
		upstreams().forEach((upstream) -> RESULTS.start(upstream,
				new ZooScenario(upstream, upstream.keepAlive(), LEARNING, DURATION)::run));
	}

	static Stream<ZooUpstream> upstreams() {
		return Stream.of(ZooUpstream.values()).filter(ZooUpstream::isInEachBuild);
	}

	@ParameterizedTest
	@MethodSource("upstreams")
	void noCallMeetsTheTimeoutOnceItIsLearned(ZooUpstream upstream) throws Exception {
		Result result = RESULTS.result(upstream);
		assertThat(result.learning().failedGets()).as("%s", result.failures()).isZero();
		assertThat(result.after().gets()).isGreaterThan(16);
		assertThat(result.after().posts()).isGreaterThan(16);
		assertThat(result.after().failedGets()).as("%s", result.failures()).isZero();
		assertThat(result.after().failedPosts()).as("%s", result.failures()).isZero();
		assertThat(result.after().metByCaller()).isZero();
		// Before, it was nearly each; a busy machine closes some too late
		int calls = result.after().gets() + result.after().posts();
		assertThat(result.after().peerClosed()).isLessThanOrEqualTo(calls / 10);
		assertThat(result.missing()).isZero();
		// Tomcat looks once a second, and a busy machine delays that
		assertThat(result.known().confirmedTimeout()).isBetween(upstream.keepAlive().minusMillis(300),
				upstream.keepAlive().plusSeconds(2));
		assertThat(result.known().learnedMaxRequests()).isZero();
	}

	@ParameterizedTest
	@MethodSource("upstreams")
	void restartFailsNoGetAndSendsNoPostTwice(ZooUpstream upstream) throws Exception {
		Result result = RESULTS.result(upstream);
		assertThat(result.restart().failedGets()).as("%s", result.restart().others()).isZero();
		assertThat(result.restart().others()).isEmpty();
		assertThat(result.twice()).isZero();
		assertThat(result.atEnd().learnedMaxRequests()).isZero();
	}

}
