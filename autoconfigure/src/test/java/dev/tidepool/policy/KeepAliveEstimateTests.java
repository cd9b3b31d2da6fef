package dev.tidepool.policy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeepAliveEstimate}: what each kind of close teaches, on a clock that
 * stands still until it is moved.
 */
class KeepAliveEstimateTests {

	private static final long UNKNOWN = KeepAliveEstimate.UNKNOWN;

	private long now = -50;

	private KeepAliveEstimate estimate = KeepAliveEstimate.NONE;

	@Test
	void nothingIsKnownAtFirst() {
		judge();
		assertThat(this.estimate).isEqualTo(KeepAliveEstimate.NONE);
		assertThat(this.estimate.limitNanos()).isEqualTo(UNKNOWN);
		assertThat(this.estimate.timeout()).isEqualTo(UNKNOWN);
		assertThat(this.estimate.maxRequests()).isZero();
	}

	@Test
	void closesAreTakenIntoAccountAtOnceAndJudgedAfterAMoment() {
		canaryClosed(2000, 3);
		pass(1499);
		UnaryOperator<KeepAliveEstimate> judged = (estimate) -> estimate.judged(this.now);
		assertThat(judged.apply(this.estimate)).isSameAs(this.estimate);
		assertThat(this.estimate.limitNanos()).isEqualTo(millis(2000));
		assertThat(this.estimate.timeout()).isEqualTo(UNKNOWN);
		pass(1);
		assertThat(judged.apply(this.estimate).timeout()).isEqualTo(millis(2000));
		assertThat(judged.apply(this.estimate).open()).isEmpty();
	}

	@Test
	void judgementDoesNotWaitForTheLatestClose() {
		closed(3000, 3);
		pass(1400);
		closed(2500, 4);
		pass(100);
		assertThat(this.estimate.judged(this.now).open()).isEmpty();
	}

	@Test
	void clockMayOverflow() {
		this.now = Long.MAX_VALUE - millis(10);
		closed(2000, 3);
		assertThat(this.estimate.judged(this.now)).isSameAs(this.estimate);
		pass(1500);
		assertThat(this.now).isNegative();
		assertThat(this.estimate.judged(this.now).open()).isEmpty();
	}

	@Test
	void stateIsBounded() {
		for (int i = 0; i < 10_000; i++) {
			closed(1000 + i, i + 1);
		}
		assertThat(this.estimate.open()).hasSize(64);
		judge();
		assertThat(this.estimate.open()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "true, 4000", "false, 4000", "false, 0" })
	void connectionThatServedNoRequestTeachesNothing(boolean canary, long idle) {
		learned(5000);
		KeepAliveEstimate before = this.estimate;
		take(new PeerClose(canary, millis(idle), millis(idle + 50), 0));
		assertThat(this.estimate).isSameAs(before);
	}

	@ParameterizedTest
	@CsvSource({ "-1, 5000, true", "5000, 5400, false", "5000, 5600, true", "5600, 5000, true", "5000, -1, false" })
	void differentTimeoutIsNews(long before, long after, boolean news) {
		assertThat(timeout(after).isNewsAfter(timeout(before))).isEqualTo(news);
	}

	@Test
	void differentRequestLimitIsNews() {
		KeepAliveEstimate before = timeout(5000);
		KeepAliveEstimate after = new KeepAliveEstimate(before.timeout(), 0, UNKNOWN, CanaryAges.NONE, 100,
				before.run(), before.open(), 0);
		assertThat(after.isNewsAfter(before)).isTrue();
		assertThat(after.isNewsAfter(after)).isFalse();
	}

	@Test
	void closesThatAgreeAreCountedUntilTheTimeoutIsAnother() {
		assertThat(this.estimate.measured()).isZero();
		canaryMeasures(5000, 1);
		canaryMeasures(5020, 2);
		canaryMeasures(4990, 3);
		canaryMeasures(9000, 1);
	}

	@Test
	void closesOfARestartDoNotCountAsMeasured() {
		canaryMeasures(5000, 1);
		closed(4800, 3);
		closed(1800, 7);
		closed(300, 12);
		judge();
		assertThat(this.estimate.measured()).isOne();
	}

	private void canaryMeasures(long millis, int times) {
		canaryClosed(millis, 1);
		judge();
		assertThat(this.estimate.measured()).isEqualTo(times);
	}

	@Nested
	class OneOrTwoIdleCloses {

		@ParameterizedTest
		@CsvSource({ "-1, 2000, -1, 2000", "5000, 2000, 5000, 2000", "5000, 4900, 5000, 4900", "5000, 7000, 5000, 5000",
				"5000, 200, 5000, 200" })
		void singleIdleCloseMayOnlyShrinkTrust(long known, long idle, long timeout, long limit) {
			learned(known);
			closed(idle, 7);
			assertThat(KeepAliveEstimateTests.this.estimate.limitNanos()).isEqualTo(millis(limit));
			judge();
			assertKnown(timeout, limit);
		}

		@Test
		void twoEqualOnesAreNoTimeoutYet() {
			learned(5000);
			closed(2000, 7);
			closed(2000, 8);
			judge();
			assertKnown(5000, 2000);
		}

		@Test
		void theShorterOfTwoCounts() {
			learned(5000);
			closed(2000, 7);
			closed(3000, 8);
			judge();
			assertKnown(5000, 2000);
			closed(2500, 7);
			judge();
			assertKnown(5000, 2000);
		}

		@Test
		void whatTrustLostDoesNotComeBackByItself() {
			learned(5000);
			closed(2000, 7);
			judge();
			closed(4000, 8);
			pass(600_000);
			judge();
			assertKnown(5000, 2000);
		}

		@Test
		void lossOnReuseShrinksTrustAtOnce() {
			learned(5000);
			// The look at lease had seen it alive a moment before
			take(new PeerClose(false, millis(3500), millis(3503), 12));
			assertThat(KeepAliveEstimateTests.this.estimate.limitNanos()).isEqualTo(millis(3500));
			judge();
			assertKnown(5000, 3500);
		}

		@ParameterizedTest
		@CsvSource({ "0, 1", "0, 300", "150, 199", "199, 400" })
		void closeThatMayHaveHadNoIdleTimeTeachesNoTimeout(long atLeast, long atMost) {
			learned(5000);
			take(new PeerClose(false, millis(atLeast), millis(atMost), 7));
			assertThat(KeepAliveEstimateTests.this.estimate.limitNanos()).isEqualTo(millis(5000));
			judge();
			assertKnown(5000, 5000);
		}

	}

	@Nested
	class ManyClosesAtOnce {

		@Test
		void equalAgesAreATimeout() {
			learned(60_000);
			closed(5000, 3);
			closed(5010, 40);
			closed(4990, 800);
			judge();
			assertKnown(4990, 4990);
		}

		@Test
		void equalAgesAreATimeoutWhenNothingWasKnown() {
			closed(5000, 3);
			closed(5200, 40);
			closed(4900, 800);
			judge();
			assertKnown(4900, 4900);
		}

		@Test
		void agesAreEqualIfTheyCanHaveBeen() {
			take(new PeerClose(false, millis(1000), millis(1900), 3));
			take(new PeerClose(false, millis(1400), millis(2300), 4));
			take(new PeerClose(false, millis(1800), millis(2700), 5));
			judge();
			assertKnown(1000, 1000);
		}

		@ParameterizedTest
		@CsvSource({ "2200, true", "2201, false" })
		void agesAreEqualWithinATenth(long oldest, boolean equal) {
			take(new PeerClose(false, millis(2000), millis(2000), 3));
			take(new PeerClose(false, millis(2100), millis(2100), 4));
			take(new PeerClose(false, millis(oldest), millis(oldest), 5));
			judge();
			assertThat(KeepAliveEstimateTests.this.estimate.timeout()).isEqualTo(equal ? millis(2000) : UNKNOWN);
		}

		@Test
		void equalAgesNeverGrowTrust() {
			learned(5000);
			for (int i = 0; i < 10; i++) {
				closed(8000 + i, 10 + i);
			}
			judge();
			assertKnown(5000, 5000);
		}

		@Test
		void closesWithoutIdleTimeDoNotHideATimeout() {
			closed(2000, 3);
			closed(2100, 40);
			closed(1900, 800);
			closedInUse(50);
			judge();
			assertKnown(1900, 1900);
		}

		@Test
		void scatteringAgesAndCountsAreARestart() {
			learned(60_000);
			closed(300, 3);
			closed(25_000, 40);
			closed(7000, 800);
			assertThat(KeepAliveEstimateTests.this.estimate.limitNanos()).isEqualTo(millis(300));
			judge();
			assertKnown(60_000, 60_000);
		}

		@Test
		void restartTeachesNothingWhenNothingWasKnown() {
			closed(300, 3);
			closed(25_000, 40);
			closed(7000, 800);
			closedInUse(17);
			judge();
			assertKnown(UNKNOWN, UNKNOWN);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void restartThatClosesTheCanaryTooTeachesNothing() {
			learned(60_000);
			closed(300, 3);
			closed(7000, 800);
			canaryClosed(59_200, 5);
			judge();
			assertKnown(60_000, 60_000);
		}

		@Test
		void restartDoesNotUndoASuspicion() {
			learned(60_000);
			closed(20_000, 3);
			judge();
			closed(300, 3);
			closed(7000, 40);
			closed(2000, 800);
			judge();
			assertKnown(60_000, 20_000);
		}

		@Test
		void equalCountsAreNoRestartAndNoTimeoutSoTheyOnlyShrinkTrust() {
			learned(60_000);
			closed(300, 1);
			closed(25_000, 1);
			closed(7000, 1);
			judge();
			assertKnown(60_000, 300);
			canaryClosed(60_000, 1);
			judge();
			assertKnown(60_000, 60_000);
		}

	}

	@Nested
	class RequestLimits {

		@ParameterizedTest
		@CsvSource({ "50, 3", "40, 3", "39, 5", "5, 5", "4, 10", "2, 10", "1, 20" })
		void closesWithoutIdleTimeAtAConstantCountAreARequestLimit(int limit, int evidence) {
			for (int i = 1; i < evidence; i++) {
				closedInUse(limit);
				pass(30);
				assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			}
			closedInUse(limit);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(limit);
			judge();
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(limit);
			assertKnown(UNKNOWN, UNKNOWN);
		}

		@Test
		void equalCountsLeaveTheTimeoutAlone() {
			learned(5000);
			for (int i = 0; i < 10; i++) {
				closedInUse(50);
				pass(30);
			}
			judge();
			assertKnown(5000, 5000);
		}

		@Test
		void theyMayLieFarApart() {
			for (int i = 0; i < 3; i++) {
				closedInUse(50);
				pass(600_000);
				judge();
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(50);
		}

		@Test
		void scatteringCountsAreNoRequestLimit() {
			for (int i = 0; i < 100; i++) {
				closedInUse(40 + i % 20);
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void anotherCountStartsAnew() {
			closedInUse(50);
			pass(30);
			closedInUse(50);
			pass(30);
			closedInUse(49);
			pass(30);
			closedInUse(50);
			pass(30);
			closedInUse(50);
			pass(30);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			closedInUse(50);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(50);
		}

		@Test
		void closesAtOtherCountsAskForMoreThatAgree() {
			for (int i = 0; i < 4; i++) {
				closedInUse(50 + i);
				pass(30);
			}
			for (int i = 0; i < 3; i++) {
				closedInUse(70);
				pass(30);
				assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			}
			closedInUse(70);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(70);
		}

		@Test
		void closesAtOtherCountsDoNotAskForEverMore() {
			for (int i = 0; i < 10_000; i++) {
				closedInUse(50 + i % 7);
				pass(30);
			}
			for (int i = 0; i < 12; i++) {
				closedInUse(70);
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(70);
		}

		@Test
		void connectionThatWasServedMoreRequestsRefutesTheLimit() {
			for (int i = 0; i < 3; i++) {
				closedInUse(50, (requests) -> (requests < 52) ? 1 : 0);
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			assertThat(KeepAliveEstimateTests.this.estimate.run().length()).isZero();
		}

		@Test
		void limitWaitsForConnectionsWhoseFirstRequestBeyondIsUnderWay() {
			for (int i = 0; i < 3; i++) {
				closedInUse(50, (requests) -> (requests < 51) ? 2 : 0);
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			closedInUse(50, (requests) -> (requests < 51) ? 2 : 0);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(50);
		}

		@ParameterizedTest
		@CsvSource({ "49, 50", "50, 50", "51, 0", "500, 0" })
		void connectionThatWasServedBeyondTheLimitUndoesIt(int served, int limit) {
			for (int i = 0; i < 3; i++) {
				closedInUse(50);
				pass(30);
			}
			KeepAliveEstimate known = KeepAliveEstimateTests.this.estimate;
			assertThat(known.served(served).maxRequests()).isEqualTo(limit);
			assertThat(known.served(served).isNewsAfter(known)).isEqualTo(limit == 0);
		}

		@Test
		void limitThatWasUndoneTakesMoreEvidenceTheNextTime() {
			for (int i = 0; i < 3; i++) {
				closedInUse(50);
				pass(30);
			}
			KeepAliveEstimateTests.this.estimate = KeepAliveEstimateTests.this.estimate.served(51);
			for (int i = 0; i < 11; i++) {
				closedInUse(50);
				pass(30);
				assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			}
			closedInUse(50);
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(50);
		}

		@Test
		void nothingIsUndoneWhereNothingWasLearned() {
			assertThat(KeepAliveEstimate.NONE.served(1000)).isSameAs(KeepAliveEstimate.NONE);
		}

		@Test
		void idleClosesBetweenDoNotMatter() {
			for (int i = 0; i < 3; i++) {
				closedInUse(50);
				pass(30);
				closed(5000, 50 - i);
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(50);
		}

		@Test
		void allAtOnceAreNoRequestLimit() {
			for (int i = 0; i < 200; i++) {
				closedInUse(50);
				KeepAliveEstimateTests.this.now += TimeUnit.MICROSECONDS.toNanos(100);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void allAtOnceAreNoRequestLimitWhateverComesLater() {
			for (int i = 0; i < 16; i++) {
				closedInUse(50);
			}
			pass(1000);
			closed(5000, 12);
			pass(1000);
			judge();
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void allAtOnceAreNoRequestLimitEvenIfTheyAreFoundOneAfterTheOther() {
			for (int i = 0; i < 16; i++) {
				// Seen alive before the first of them was found closed
				take(new PeerClose(false, 0, millis(10 * i), 50));
				pass(10);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void twoRestartsAtTheSameCountAreNoRequestLimit() {
			for (int restart = 0; restart < 2; restart++) {
				for (int i = 0; i < 16; i++) {
					closedInUse(50);
				}
				pass(60_000);
				judge();
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void closesThatMayHaveBeenIdleAreNoRequestLimit() {
			for (int i = 0; i < 20; i++) {
				take(new PeerClose(false, 0, millis(600), 1));
				pass(700);
				judge();
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
		}

		@Test
		void anotherRequestLimitReplacesTheOldOne() {
			for (int limit : new int[] { 100, 50 }) {
				for (int i = 0; i < 3; i++) {
					closedInUse(limit);
					pass(30);
				}
				assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isEqualTo(limit);
			}
		}

	}

	@Nested
	class CanaryCloses {

		@ParameterizedTest
		@ValueSource(longs = { 1500, 5000, 20_000, 75_000 })
		void canaryTeachesTheTimeout(long idle) {
			canaryClosed(idle, 1);
			judge();
			assertKnown(idle, idle);
		}

		@Test
		void canaryLetsTrustGrow() {
			learned(5000);
			canaryClosed(75_000, 1);
			judge();
			assertKnown(75_000, 75_000);
		}

		@Test
		void canaryGrowsBackWhatTrustLost() {
			learned(5000);
			closed(2000, 3);
			judge();
			assertKnown(5000, 2000);
			canaryClosed(5000, 1);
			judge();
			assertKnown(5000, 5000);
		}

		@Test
		void canaryGrowsBackOnlyAsFarAsItGot() {
			learned(5000);
			closed(2000, 3);
			judge();
			// Killed by a restart, perhaps
			canaryClosed(3000, 1);
			judge();
			assertKnown(5000, 3000);
		}

		@Test
		void shorterCanaryIsAmbiguousAndOnlyShrinksTrust() {
			learned(5000);
			canaryClosed(3000, 1);
			judge();
			assertKnown(5000, 3000);
		}

		@Test
		void shorterCanaryThatAnotherOneConfirmsReplacesTheTimeout() {
			learned(60_000);
			canaryClosed(2000, 1);
			judge();
			canaryClosed(2100, 1);
			judge();
			assertKnown(2100, 2100);
		}

		@Test
		void canaryConfirmsWhatAnIdleCloseMadeUsSuspect() {
			learned(60_000);
			closed(1900, 3);
			judge();
			canaryClosed(2000, 1);
			judge();
			assertKnown(2000, 2000);
		}

		@Test
		void unconfirmedCanaryDoesNotReplaceTheTimeout() {
			learned(60_000);
			canaryClosed(20_000, 1);
			judge();
			canaryClosed(3000, 1);
			judge();
			assertKnown(60_000, 3000);
			canaryClosed(60_000, 1);
			judge();
			assertKnown(60_000, 60_000);
		}

		@ParameterizedTest
		@CsvSource({ "4960, 5010, 5000", "4930, 4980, 5000", "4920, 4970, 4920" })
		void canaryWhoseEndIsNotKnownToBeEarlierAgreesWithWhatIsKnown(long atLeast, long atMost, long limit) {
			learned(5000);
			take(new PeerClose(true, millis(atLeast), millis(atMost), 1));
			judge();
			assertKnown(5000, limit);
		}

		@Test
		void canaryIsNotConfirmedByWhatWasClosedTogetherWithIt() {
			learned(60_000);
			closed(3000, 3);
			canaryClosed(3000, 4);
			judge();
			assertKnown(60_000, 3000);
		}

		@Test
		void timeoutOfAnUpstreamThatLooksOnceASecondIsTheShorterAge() {
			for (int canaryAge : new int[] { 2900, 2200, 3000, 2100, 2800 }) {
				canaryClosed(canaryAge, 1);
				judge();
			}
			KeepAliveEstimate known = KeepAliveEstimateTests.this.estimate;
			assertThat(known.limitNanos()).isEqualTo(millis(2200));
			for (int canaryAge : new int[] { 2950, 2300, 3050, 2650 }) {
				canaryClosed(canaryAge, 1);
				judge();
				assertThat(KeepAliveEstimateTests.this.estimate.limitNanos()).isEqualTo(millis(2200));
				assertThat(KeepAliveEstimateTests.this.estimate.isNewsAfter(known)).isFalse();
			}
		}

		@Test
		void canaryThatWasClosedEarlyOnceIsForgiven() {
			for (int canaryAge : new int[] { 5000, 4200, 5000 }) {
				canaryClosed(canaryAge, 1);
				judge();
			}
			assertKnown(5000, 5000);
		}

		@Test
		void timeoutThatBecameSeveralTimesAsLongIsLearnedAtOnce() {
			for (int i = 0; i < 8; i++) {
				canaryClosed(600, 1);
				judge();
			}
			assertKnown(600, 600);
			canaryClosed(2000, 1);
			judge();
			assertKnown(2000, 2000);
		}

		@Test
		void timeoutThatBecameALittleLongerIsLearnedInTheEnd() {
			learned(2000);
			learned(2000);
			for (int i = 0; i < 5; i++) {
				canaryClosed(3000, 1);
				judge();
				assertKnown(2000, 2000);
			}
			canaryClosed(3000, 1);
			judge();
			canaryClosed(3000, 1);
			judge();
			assertKnown(3000, 3000);
		}

		@Test
		void canaryCloseHasNothingToDoWithRequestLimits() {
			for (int i = 0; i < 20; i++) {
				take(new PeerClose(true, millis(160), millis(190), 7));
				pass(30);
			}
			assertThat(KeepAliveEstimateTests.this.estimate.maxRequests()).isZero();
			judge();
			assertKnown(UNKNOWN, UNKNOWN);
		}

	}

	private void learned(long millis) {
		if (millis >= 0) {
			canaryClosed(millis, 1);
			judge();
			assertKnown(millis, millis);
		}
	}

	private void canaryClosed(long idle, int requests) {
		take(new PeerClose(true, millis(idle), millis(idle + 50), requests));
	}

	private void closed(long idle, int requests) {
		take(new PeerClose(false, millis(idle), millis(idle + 200), requests));
	}

	private void closedInUse(int requests) {
		closedInUse(requests, (each) -> 0);
	}

	private void closedInUse(int requests, IntUnaryOperator sentMoreThan) {
		PeerClose close = new PeerClose(false, 0, TimeUnit.MICROSECONDS.toNanos(300), requests);
		this.estimate = this.estimate.with(close, sentMoreThan, this.now);
	}

	private void take(PeerClose close) {
		this.estimate = this.estimate.with(close, this.now);
	}

	private void pass(long millis) {
		this.now += millis(millis);
	}

	private void judge() {
		pass(1500);
		this.estimate = this.estimate.judged(this.now);
	}

	private void assertKnown(long timeout, long limit) {
		assertThat(this.estimate.timeout()).as("timeout").isEqualTo(millis(timeout));
		assertThat(this.estimate.limitNanos()).as("limit").isEqualTo(millis(limit));
	}

	private static KeepAliveEstimate timeout(long millis) {
		KeepAliveEstimate none = KeepAliveEstimate.NONE;
		return new KeepAliveEstimate(millis(millis), 0, UNKNOWN, CanaryAges.NONE, 0, none.run(), none.open(), 0);
	}

	private static long millis(long millis) {
		return (millis < 0) ? millis : Duration.ofMillis(millis).toNanos();
	}

}
