package dev.tidepool.policy;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCases;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import dev.tidepool.policy.SimulatedHistory.Listener;
import dev.tidepool.policy.SimulatedHistory.SimulatedUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Property-based tests of {@link KeepAliveEstimate} over simulated histories of an
 * upstream whose time-out and request limit only the test knows.
 */
class KeepAliveEstimatePropertyTests {

	private static final long UNKNOWN = KeepAliveEstimate.UNKNOWN;

	private static final KeepAlivePolicy POLICY = new KeepAlivePolicy(KeepAliveSettings.DEFAULTS);

	@Property(tries = 500)
	void whatIsTrustedIsNeverMoreThanTheTruthLessTheMargin(@ForAll("upstreams") SimulatedUpstream upstream,
			@ForAll("callers") Callers callers) {
		callers.call(upstream, new NeverMoreThanTheTruth(upstream));
	}

	@Property(tries = 200)
	void trustReachesMostOfTheTimeoutInTheEnd(@ForAll("upstreams") SimulatedUpstream upstream,
			@ForAll("callers") Callers callers) {
		SimulatedHistory history = callers.lookingBefore(upstream.timeout())
			.call(upstream, new NeverMoreThanTheTruth(upstream));
		watchCanaries(history, upstream, 20);
		assertThat(history.estimate().timeout()).isBetween(upstream.timeout() - millis(60),
				upstream.timeout() + upstream.finLate());
		assertThat(history.trusted()).as("%s", history.estimate())
			.isGreaterThanOrEqualTo(Math.min(upstream.timeout(), seconds(60)) / 10 * 7);
	}

	@Property(tries = 200)
	void timeoutThatChangesIsLearnedAnew(@ForAll("upstreams") SimulatedUpstream upstream,
			@ForAll("timeouts") long timeout, @ForAll("callers") Callers callers) {
		SimulatedUpstream changed = new SimulatedUpstream(timeout, upstream.maxRequests(), upstream.finLate());
		SimulatedHistory history = callers.lookingBefore(Math.min(upstream.timeout(), timeout))
			.meet(upstream, Listener.NONE);
		watchCanaries(history, upstream, 2);
		history.becomes(changed);
		watchCanaries(history, changed, 20);
		// A change of less than the time between two looks may go unnoticed: the margin
		// has to cover that
		long shortest = Math.min(timeout - millis(60), seconds(60));
		long longest = Math.min(timeout + upstream.finLate() + millis(80), seconds(60));
		assertThat(history.trusted()).isBetween(lessMargin(shortest), lessMargin(longest)).isLessThan(timeout);
	}

	@Property(tries = 1000)
	void onlyCanariesGrowTrust(@ForAll("evidence") List<Evidence> evidence) {
		long now = 0;
		KeepAliveEstimate estimate = KeepAliveEstimate.NONE;
		for (Evidence next : evidence) {
			KeepAliveEstimate before = estimate;
			now += next.pause();
			estimate = before.judged(now);
			assertGrowsByCanaryOnly(before, estimate);
			before = estimate;
			estimate = before.with(next.close(), now);
			assertThat(estimate.timeout()).isEqualTo(before.timeout());
			assertThat(estimate.suspicion()).isEqualTo(before.suspicion());
			assertThat(estimate.limitNanos()).isLessThanOrEqualTo(limit(before));
		}
	}

	private static void assertGrowsByCanaryOnly(KeepAliveEstimate before, KeepAliveEstimate after) {
		// Without what was taken into account only until it was judged
		KeepAliveEstimate known = new KeepAliveEstimate(before.timeout(), 0, before.suspicion(), before.canaries(), 0,
				before.run(), List.of(), 0);
		if (before.open().stream().noneMatch(PeerClose::canary)) {
			assertThat(after.limitNanos()).isLessThanOrEqualTo(limit(known));
			assertThat(after.timeout())
				.isLessThanOrEqualTo((before.timeout() != UNKNOWN) ? before.timeout() : limit(known));
		}
	}

	private static long limit(KeepAliveEstimate estimate) {
		return (estimate.limitNanos() != UNKNOWN) ? estimate.limitNanos() : Long.MAX_VALUE;
	}

	@Property(tries = 500)
	void restartDoesNotChangeTheLearnedTimeout(@ForAll("upstreams") SimulatedUpstream upstream,
			@ForAll("callers") Callers callers) {
		RestartTeachesNoTimeout restart = new RestartTeachesNoTimeout();
		SimulatedHistory history = callers.lookingBefore(upstream.timeout()).meet(upstream, restart);
		watchCanaries(history, upstream, 1);
		long learned = history.estimate().timeout();
		assertThat(learned).isNotEqualTo(UNKNOWN);
		callers.comeTo(history, upstream, 1);
		if (!restart.looksLikeATimeout) {
			// Another canary may have seen the same time-out a little later
			assertThat(history.estimate().timeout()).isBetween(learned, upstream.timeout() + upstream.finLate());
		}
	}

	@Property(tries = 500)
	void onlyTheTrueRequestLimitIsLearned(@ForAll("upstreams") SimulatedUpstream upstream,
			@ForAll("callers") Callers callers) {
		SimulatedHistory history = callers.meet(upstream, Listener.NONE);
		// The third restart in a row that finds the same count only is evidence enough
		callers.comeTo(history, upstream, 2);
		assertThat(history.estimate().maxRequests()).isIn(0, upstream.maxRequests());
	}

	@Property(tries = 200)
	void requestLimitIsLearnedFromBusyConnections(@ForAll("limitedUpstreams") SimulatedUpstream upstream,
			@ForAll("callers") Callers callers) {
		SimulatedHistory history = callers.meet(upstream, Listener.NONE);
		for (int lane = 0; lane < 8; lane++) {
			history.lane(millis(10), seconds(10));
		}
		history.run(seconds(10));
		assertThat(history.estimate().maxRequests()).isEqualTo(upstream.maxRequests());
	}

	@Property(tries = 200)
	void stateStaysBounded(@ForAll("evidence") List<Evidence> evidence) {
		KeepAliveEstimate estimate = KeepAliveEstimate.NONE;
		for (int i = 0; i < 100; i++) {
			for (Evidence next : evidence) {
				// Never judged, as if the sweeper were dead
				estimate = estimate.with(next.close(), i);
				assertThat(estimate.open()).hasSizeLessThanOrEqualTo(64);
			}
		}
	}

	/**
	 * A few calls, and then silence for as long as a canary needs, over and over.
	 */
	private static void watchCanaries(SimulatedHistory history, SimulatedUpstream upstream, int canaries) {
		int enough = history.canariesClosed() + canaries;
		for (int round = 0; history.canariesClosed() < enough; round++) {
			assertThat(round).as("rounds until there are %d canaries", canaries).isLessThan(10 + 5 * canaries);
			history.calls(1 + round % 3);
			history.run(upstream.timeout() + seconds(2));
		}
		history.run(seconds(2));
	}

	@Provide
	Arbitrary<SimulatedUpstream> upstreams() {
		return Combinators
			.combine(timeouts(), Arbitraries.integers().between(5, 60).injectNull(0.5),
					Arbitraries.of(0L, millis(1), millis(10), millis(20)))
			.as((timeout, maxRequests, finLate) -> new SimulatedUpstream(timeout,
					(maxRequests != null) ? maxRequests : 0, finLate));
	}

	@Provide
	Arbitrary<SimulatedUpstream> limitedUpstreams() {
		return Combinators.combine(timeouts(), Arbitraries.integers().between(1, 100))
			.as((timeout, maxRequests) -> new SimulatedUpstream(timeout, maxRequests, millis(1)));
	}

	// As many between 0.5 and 1 s as between 50 and 100 s; canaries are given up at 120 s
	@Provide
	Arbitrary<Long> timeouts() {
		return Arbitraries.doubles()
			.between(0, 1)
			.edgeCases((config) -> config.includeOnly(0.0, 1.0))
			.map((log) -> (long) (millis(500) * Math.pow(238, log)));
	}

	@Provide
	Arbitrary<Callers> callers() {
		Arbitrary<Double> pauses = Arbitraries.doubles()
			.between(0, 1)
			.edgeCases(EdgeCases.Config::none)
			.map((log) -> 0.005 * Math.pow(300, log));
		return Combinators
			.combine(pauses.list().ofMinSize(1).ofMaxSize(12).edgeCases(EdgeCases.Config::none),
					Arbitraries.integers().between(200, 900),
					Arbitraries.doubles().between(0, 1).list().ofMaxSize(4).edgeCases(EdgeCases.Config::none),
					Arbitraries.longs().edgeCases(EdgeCases.Config::none))
			.as(Callers::new);
	}

	@Provide
	Arbitrary<List<Evidence>> evidence() {
		Arbitrary<Long> idle = Arbitraries.doubles()
			.between(0, 1)
			.edgeCases(EdgeCases.Config::none)
			.map((log) -> (long) (millis(100) * Math.pow(1000, log)));
		Arbitrary<PeerClose> closes = Combinators
			.combine(Arbitraries.of(true, false, false, false), idle,
					Arbitraries.of(0L, millis(50), millis(200), millis(900)), Arbitraries.integers().between(0, 8))
			.as((canary, atLeast, width, requests) -> new PeerClose(canary, atLeast, atLeast + width, requests));
		Arbitrary<Long> pauses = Arbitraries.of(0L, millis(10), millis(300), seconds(2));
		return Combinators.combine(pauses, closes).as(Evidence::new).list().ofMaxSize(40);
	}

	private static long lessMargin(long limit) {
		return limit - Math.min(seconds(1), limit / 4);
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	private static long seconds(long seconds) {
		return TimeUnit.SECONDS.toNanos(seconds);
	}

	/**
	 * A close, and the pause before it.
	 */
	record Evidence(long pause, PeerClose close) {

	}

	/**
	 * Who calls, and what happens meanwhile.
	 *
	 * @param pauses for each caller its average pause, as a share of the time-out
	 * @param lookEveryMillis how often idle connections are looked at
	 * @param restarts when the upstream restarts, as shares of the whole time
	 * @param seed for everything else
	 */
	record Callers(List<Double> pauses, int lookEveryMillis, List<Double> restarts, long seed) {

		SimulatedHistory meet(SimulatedUpstream upstream, Listener listener) {
			return new SimulatedHistory(upstream, millis(this.lookEveryMillis), new Random(this.seed), listener);
		}

		SimulatedHistory call(SimulatedUpstream upstream, Listener listener) {
			SimulatedHistory history = meet(upstream, listener);
			comeTo(history, upstream, this.restarts.size());
			return history;
		}

		// What closes before it was looked at may not have been idle, and teaches nothing
		Callers lookingBefore(long timeout) {
			return new Callers(this.pauses, (int) Math.min(this.lookEveryMillis, timeout / millis(2)), this.restarts,
					this.seed);
		}

		void comeTo(SimulatedHistory history, SimulatedUpstream upstream, int mostRestarts) {
			long duration = Math.min(Math.max(5 * upstream.timeout(), seconds(10)), seconds(300));
			for (double pause : this.pauses) {
				history.lane(Math.max((long) (pause * upstream.timeout()), millis(5)), history.now() + duration);
			}
			this.restarts.stream()
				.limit(mostRestarts)
				.forEach((share) -> history.restartAfter((long) (share * duration)));
			history.run(duration + seconds(3));
		}

	}

	/**
	 * From the first evidence on, and whatever else happens.
	 */
	private record NeverMoreThanTheTruth(SimulatedUpstream upstream) implements Listener {

		@Override
		public void learned(KeepAliveEstimate before, PeerClose close, KeepAliveEstimate after) {
			check(before, after);
		}

		@Override
		public void judged(KeepAliveEstimate before, KeepAliveEstimate after) {
			check(before, after);
		}

		private void check(KeepAliveEstimate before, KeepAliveEstimate after) {
			// A FIN that is late makes the upstream look like one with a longer time-out
			long truth = this.upstream.timeout() + this.upstream.finLate();
			assertThat(after.timeout()).isLessThanOrEqualTo(truth);
			assertThat(after.limitNanos()).isLessThanOrEqualTo(truth);
			if (after.limitNanos() != UNKNOWN) {
				long trusted = POLICY.trustedNanos(KeepAlivePolicy.NO_HEADER, after.limitNanos());
				long seen = Math.min(truth, seconds(60));
				assertThat(trusted).isLessThanOrEqualTo(lessMargin(seen)).isLessThan(this.upstream.timeout());
			}
			if (before.timeout() != UNKNOWN) {
				assertThat(after.timeout()).isNotEqualTo(UNKNOWN);
			}
		}

	}

	/**
	 * Three idle connections that happen to be of one age when the upstream restarts
	 * cannot be told from a time-out. Everything else can.
	 */
	private static final class RestartTeachesNoTimeout implements Listener {

		private boolean looksLikeATimeout;

		@Override
		public void learned(KeepAliveEstimate before, PeerClose close, KeepAliveEstimate after) {
		}

		@Override
		public void judged(KeepAliveEstimate before, KeepAliveEstimate after) {
			List<PeerClose> idle = before.open()
				.stream()
				.filter((close) -> close.idleAtLeast() >= millis(200))
				.toList();
			long oldest = idle.stream().mapToLong(PeerClose::idleAtLeast).max().orElse(0);
			long youngest = idle.stream().mapToLong(PeerClose::idleAtMost).min().orElse(0);
			boolean oneAge = idle.size() >= 3 && oldest <= youngest * 1.1;
			this.looksLikeATimeout |= oneAge;
			long counts = before.open().stream().mapToInt(PeerClose::requests).distinct().count();
			if (!oneAge && counts > 1 && before.open().size() >= 3) {
				assertThat(after.timeout()).isEqualTo(before.timeout());
				assertThat(after.suspicion()).isEqualTo(before.suspicion());
			}
		}

	}

}
