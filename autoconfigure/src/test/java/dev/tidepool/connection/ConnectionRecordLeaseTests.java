package dev.tidepool.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PeerClose;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionRecord}: when a connection may be leased, go back and stay,
 * and why not, on a clock that stands still until it is moved.
 */
class ConnectionRecordLeaseTests {

	private static final long LOOK_AFTER = TimeUnit.MILLISECONDS.toNanos(200);

	private final FakePool pool = new FakePool();

	private final FakeProbe probe = new FakeProbe();

	@Test
	void idleConnectionIsLeasedOnceAndAgainWhenItWentBack() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		assertThat(this.pool.lease(connection)).isTrue();
		assertThat(connection.state()).isEqualTo(State.ACTIVE);
		assertThat(this.pool.lease(connection)).isFalse();
		assertThat(connection.isClosing()).isFalse();
		this.pool.serve(connection);
		assertThat(this.pool.goBack(connection)).isTrue();
		assertThat(connection.state()).isEqualTo(State.IDLE);
		assertThat(this.pool.lease(connection)).isTrue();
	}

	@Test
	void closedConnectionIsNeverLeased() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		connection.closed();
		assertThat(this.pool.lease(connection)).isFalse();
		assertThat(sweep(connection)).isPositive();
		assertThat(this.probe.looks()).isZero();
	}

	@Test
	void connectionThatWasClosedMeanwhileDoesNotBecomeIdle() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		assertThat(this.pool.lease(connection)).isTrue();
		connection.closing(CloseReason.SHUT_DOWN);
		connection.closed();
		connection.idle();
		assertThat(connection.state()).isEqualTo(State.CLOSED);
		assertThat(this.pool.lease(connection)).isFalse();
	}

	@Test
	void connectionOfADroppedResponseIsReclaimedOnceAndNeverLeasedAgain() {
		ConnectionRecord connection = leased();
		this.probe.abandoned = () -> true;
		connection.reclaimIfAbandoned();
		connection.reclaimIfAbandoned();
		assertThat(this.probe.reclaims()).isOne();
		connection.idle();
		assertThat(lease(connection)).isFalse();
		assertThat(connection.upstream().stats().closed(CloseReason.LEAK)).isOne();
	}

	@Test
	void connectionThatCameBackAsItWasToBeReclaimedIsTheNextCallers() {
		ConnectionRecord connection = leased();
		this.probe.abandoned = () -> {
			this.probe.abandoned = () -> false;
			this.pool.goBack(connection);
			assertThat(lease(connection)).isTrue();
			return true;
		};
		connection.reclaimIfAbandoned();
		assertThat(this.probe.reclaims()).isZero();
		assertThat(connection.isClosing()).isFalse();
		assertThat(connection.state()).isEqualTo(State.ACTIVE);
	}

	private ConnectionRecord leased() {
		ConnectionRecord connection = idle(1);
		assertThat(lease(connection)).isTrue();
		return connection;
	}

	@Test
	void closeCountsOnceUnderItsFirstReason() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		connection.closing(CloseReason.LIFETIME);
		connection.closing(CloseReason.IDLE);
		connection.closed();
		connection.closing(CloseReason.ERROR);
		connection.closed();
		assertThat(closed(CloseReason.LIFETIME)).isOne();
		assertThat(closed(CloseReason.IDLE)).isZero();
		assertThat(closed(CloseReason.ERROR)).isZero();
		assertThat(this.pool.upstream().stats().connections()).isEmpty();
	}

	@Nested
	class Leases {

		@Test
		void connectionThatWasJustUsedIsNotLookedAt() {
			ConnectionRecord connection = idle(1);
			assertThat(lease(connection)).isTrue();
			assertThat(looks()).isZero();
		}

		@Test
		void connectionThatWasJustUsedIsLookedAtIfBytesAreWaiting() {
			ConnectionRecord connection = idle(1);
			probe().quiet = false;
			probe().look = Look.UNASKED_BYTES;
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.UNASKED_BYTES)).isTrue();
		}

		@Test
		void connectionThatWasIdleIsLookedAt() {
			ConnectionRecord connection = idle(1);
			pool().pass(1);
			assertThat(lease(connection)).isTrue();
			assertThat(looks()).isOne();
		}

		@Test
		void connectionThatThePeerClosedIsNotLeased() {
			ConnectionRecord connection = idle(1);
			pool().pass(3000);
			probe().look = Look.CLOSED;
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.PEER_CLOSED_IDLE)).isTrue();
			assertThat(estimate().open()).containsExactly(new PeerClose(false, 0, millis(3000), 1));
		}

		@Test
		void connectionWithUnaskedBytesIsNotLeasedAndTeachesNothing() {
			ConnectionRecord connection = idle(1);
			pool().pass(3000);
			probe().look = Look.UNASKED_BYTES;
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.UNASKED_BYTES)).isTrue();
			assertThat(estimate()).isSameAs(KeepAliveEstimate.NONE);
		}

		@Test
		void connectionIsLeasedUntilItHasAged() {
			ConnectionRecord connection = idle(1);
			pool().pass(3999);
			assertThat(lease(connection)).isTrue();
			pool().goBack(connection);
			pool().pass(4000);
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
			assertThat(looks()).isOne();
		}

		@Test
		void unusedConnectionIsTrustedForThirtySeconds() {
			ConnectionRecord connection = idle(0);
			pool().pass(29_999);
			assertThat(lease(connection)).isTrue();
			ConnectionRecord older = idle(0);
			pool().pass(30_000);
			assertThat(lease(older)).isFalse();
			assertThat(older.isClosing(CloseReason.IDLE)).isTrue();
		}

		@Test
		void connectionIsLeasedUntilTheEndOfItsLife() {
			ConnectionRecord young = connect(null);
			pool().pass(Duration.ofSeconds(530).toMillis());
			pool().goBack(young);
			assertThat(lease(young)).isTrue();
			ConnectionRecord old = connect(null);
			pool().pass(Duration.ofSeconds(530).toMillis());
			pool().goBack(old);
			old.trust(Long.MAX_VALUE / 2);
			pool().pass(Duration.ofSeconds(131).toMillis());
			assertThat(lease(old)).isFalse();
			assertThat(old.isClosing(CloseReason.LIFETIME)).isTrue();
		}

		@Test
		void connectionOfReplacedTlsMaterialIsNotLeased() {
			TlsGeneration tls = new TlsGeneration();
			ConnectionRecord connection = connect(tls);
			pool().serve(connection);
			pool().goBack(connection);
			tls.replaced();
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.TLS_ROTATED)).isTrue();
		}

		@Test
		void whatTheSweepFoundWrongStaysWrong() {
			ConnectionRecord connection = idle(1);
			pool().pass(300);
			probe().look = Look.UNASKED_BYTES;
			assertThat(sweep(connection)).isNotPositive();
			// The look has read the only byte
			probe().look = Look.ALIVE;
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.UNASKED_BYTES)).isTrue();
			assertThat(looks()).isOne();
		}

		@Test
		void trustThatShrankWhileIdleCounts() {
			ConnectionRecord connection = idle(1);
			pool().learnTimeout(pool().upstream(), 2000);
			pool().pass(100);
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
		}

		@Test
		void trustThatGrewWhileIdleDoesNotCountYet() {
			ConnectionRecord connection = idle(1);
			pool().learnTimeout(pool().upstream(), 60_000);
			pool().pass(2500);
			assertThat(lease(connection)).isFalse();
			ConnectionRecord next = idle(1);
			pool().pass(58_999);
			assertThat(lease(next)).isTrue();
		}

		@Test
		void learnedTimeoutDoesNotShrinkTrustInUnusedConnections() {
			ConnectionRecord connection = idle(0);
			pool().learnTimeout(pool().upstream(), 1000);
			pool().pass(20_000);
			assertThat(lease(connection)).isTrue();
		}

		@Test
		void lookThatFailsCostsTheConnectionNotTheCaller() {
			ConnectionRecord connection = idle(1);
			pool().pass(100);
			probe().whenLookedAt = () -> {
				throw new IllegalStateException("broken");
			};
			assertThat(lease(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.ERROR)).isTrue();
			assertThat(estimate()).isSameAs(KeepAliveEstimate.NONE);
		}

	}

	@Nested
	class RequestsThatMustNotBeSentTwice {

		@Test
		void areLookedAtOnceAsTheyAreLeased() {
			ConnectionRecord connection = idle(1);
			assertThat(connection.lease(pool().now(), true)).isTrue();
			assertThat(connection.isAliveForOneTry(pool().now())).isTrue();
			assertThat(looks()).isOne();
		}

		@Test
		void getNoConnectionThatWasJustUsedAndIsClosed() {
			ConnectionRecord connection = idle(1);
			probe().look = Look.CLOSED;
			assertThat(connection.lease(pool().now(), true)).isFalse();
			assertThat(connection.isClosing()).isTrue();
		}

		@Test
		void getALookEvenOnConnectionsThatWereJustUsed() {
			ConnectionRecord connection = idle(1);
			assertThat(lease(connection)).isTrue();
			probe().look = Look.CLOSED;
			assertThat(connection.isAliveForOneTry(pool().now())).isFalse();
			assertThat(connection.isClosing(CloseReason.PEER_CLOSED_IDLE)).isTrue();
		}

		@Test
		void needNoSecondLookAfterTheOneAtLease() {
			ConnectionRecord connection = idle(1);
			pool().pass(10);
			assertThat(lease(connection)).isTrue();
			assertThat(connection.isAliveForOneTry(pool().now())).isTrue();
			assertThat(looks()).isOne();
		}

		@Test
		void getALookAgainAtTheNextLease() {
			ConnectionRecord connection = idle(1);
			pool().pass(10);
			assertThat(lease(connection)).isTrue();
			pool().goBack(connection);
			assertThat(lease(connection)).isTrue();
			assertThat(connection.isAliveForOneTry(pool().now())).isTrue();
			assertThat(looks()).isEqualTo(2);
		}

		@Test
		void needNoLookOnConnectionsThatWereNeverUsed() {
			ConnectionRecord connection = connect(null);
			assertThat(connection.isAliveForOneTry(pool().now())).isTrue();
			assertThat(looks()).isZero();
		}

	}

	@Nested
	class LossesOnReuse {

		@Test
		void teachHowLongTheConnectionHadBeenIdle() {
			ConnectionRecord connection = idle(3);
			pool().pass(2000);
			assertThat(lease(connection)).isTrue();
			connection.requestStarts();
			pool().pass(4);
			connection.lostOnReuse(pool().now());
			assertThat(connection.isClosing(CloseReason.PEER_CLOSED_ON_REUSE)).isTrue();
			assertThat(estimate().open()).containsExactly(new PeerClose(false, millis(2000), millis(2004), 3));
		}

		@Test
		void shrinkTrustInTheOthersAtOnce() {
			ConnectionRecord other = idle(1);
			ConnectionRecord connection = idle(3);
			pool().pass(2000);
			assertThat(lease(connection)).isTrue();
			connection.requestStarts();
			connection.lostOnReuse(pool().now());
			assertThat(lease(other)).isFalse();
			assertThat(other.isClosing(CloseReason.IDLE)).isTrue();
		}

		@Test
		void teachNothingIfTheConnectionHadServedNoRequest() {
			ConnectionRecord connection = idle(0);
			pool().pass(2000);
			assertThat(lease(connection)).isTrue();
			connection.requestStarts();
			connection.lostOnReuse(pool().now());
			assertThat(estimate()).isSameAs(KeepAliveEstimate.NONE);
		}

		@Test
		void teachNothingIfLearningIsOff() {
			FakePool pool = new FakePool(new KeepAliveSettings(null, null, true, false, 0));
			ConnectionRecord connection = pool.idle(probe(), 3);
			pool.pass(2000);
			assertThat(pool.lease(connection)).isTrue();
			connection.requestStarts();
			connection.lostOnReuse(pool.now());
			assertThat(connection.isClosing(CloseReason.PEER_CLOSED_ON_REUSE)).isTrue();
			assertThat(pool.upstream().estimate()).isSameAs(KeepAliveEstimate.NONE);
		}

	}

	@Nested
	class Returns {

		@Test
		void connectionWithUnaskedBytesMayNotGoBack() {
			ConnectionRecord connection = connect(null);
			pool().serve(connection);
			probe().unaskedBytes = true;
			assertThat(connection.mayGoBack(pool().now())).isFalse();
			assertThat(connection.isClosing(CloseReason.UNASKED_BYTES)).isTrue();
		}

		@ParameterizedTest
		@ValueSource(ints = { 1, 2, 100 })
		void connectionMayGoBackUntilItHasServedAsManyRequestsAsItMay(int maxRequests) {
			FakePool pool = new FakePool(new KeepAliveSettings(null, null, true, true, maxRequests));
			ConnectionRecord connection = pool.connect(probe());
			for (int i = 1; i < maxRequests; i++) {
				pool.serve(connection);
				assertThat(pool.goBack(connection)).isTrue();
				assertThat(pool.lease(connection)).isTrue();
			}
			pool.serve(connection);
			assertThat(pool.goBack(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.REQUESTS)).isTrue();
		}

		@Test
		void connectionRetiresOneRequestEarlierThanTheLearnedLimit() {
			for (int i = 0; i < 3; i++) {
				pool().upstream().learn(new PeerClose(false, 0, 0, 50), pool().pass(100));
			}
			ConnectionRecord connection = idle(48);
			assertThat(lease(connection)).isTrue();
			pool().serve(connection);
			assertThat(pool().goBack(connection)).isFalse();
			assertThat(connection.isClosing(CloseReason.REQUESTS)).isTrue();
		}

		@Test
		void connectionThatTriesTheLearnedLimitOutRefutesItByBeingServedMore() {
			ConnectionRecord connection = onTrial();
			assertThat(pool().lease(connection)).isTrue();
			pool().serve(connection);
			assertThat(pool().goBack(connection)).isTrue();
			assertThat(pool().upstream().maxRequests()).isEqualTo(49);
			assertThat(pool().lease(connection)).isTrue();
			pool().serve(connection);
			assertThat(pool().goBack(connection)).isTrue();
			assertThat(pool().upstream().maxRequests()).isEqualTo(Integer.MAX_VALUE);
			assertThat(estimate().maxRequests()).isZero();
		}

		@Test
		void connectionThatTriesTheLearnedLimitOutConfirmsItByBeingClosed() {
			ConnectionRecord connection = onTrial();
			assertThat(pool().lease(connection)).isTrue();
			pool().serve(connection);
			assertThat(pool().goBack(connection)).isTrue();
			assertThat(pool().lease(connection)).isTrue();
			connection.requestStarts();
			connection.lostOnReuse(pool().now());
			assertThat(pool().upstream().maxRequests()).isEqualTo(49);
		}

		@Test
		void connectionThatTriesTheLearnedLimitOutGetsNoRequestBeyondItThatMustNotBeSentTwice() {
			ConnectionRecord connection = onTrial();
			assertThat(pool().lease(connection)).isTrue();
			assertThat(connection.isAliveForOneTry(pool().now())).isTrue();
			pool().serve(connection);
			assertThat(pool().goBack(connection)).isTrue();
			assertThat(pool().lease(connection)).isTrue();
			assertThat(connection.isAliveForOneTry(pool().now())).isFalse();
			assertThat(connection.isClosing(CloseReason.REQUESTS)).isTrue();
		}

		private ConnectionRecord onTrial() {
			for (int i = 0; i < 3; i++) {
				pool().upstream().learn(new PeerClose(false, 0, 0, 50), pool().pass(100));
			}
			pool().pass(60_000);
			ConnectionRecord connection = idle(49);
			assertThat(connection.state()).isEqualTo(State.IDLE);
			return connection;
		}

		@Test
		void smallerOfConfiguredAndLearnedRequestLimitCounts() {
			FakePool pool = new FakePool(new KeepAliveSettings(null, null, true, true, 10));
			for (int i = 0; i < 3; i++) {
				pool.upstream().learn(new PeerClose(false, 0, 0, 50), pool.pass(100));
			}
			assertThat(pool.upstream().maxRequests()).isEqualTo(10);
			for (int i = 0; i < 5; i++) {
				pool.upstream().learn(new PeerClose(false, 0, 0, 6), pool.pass(100));
			}
			assertThat(pool.upstream().maxRequests()).isEqualTo(5);
		}

		@Test
		void connectionPastItsLifetimeMayNotGoBack() {
			ConnectionRecord connection = connect(null);
			pool().serve(connection);
			pool().pass(Duration.ofMinutes(11).toMillis() + 1);
			assertThat(connection.mayGoBack(pool().now())).isFalse();
			assertThat(connection.isClosing(CloseReason.LIFETIME)).isTrue();
		}

		@Test
		void connectionOfReplacedTlsMaterialMayNotGoBack() {
			TlsGeneration tls = new TlsGeneration();
			ConnectionRecord connection = connect(tls);
			pool().serve(connection);
			tls.replaced();
			assertThat(connection.mayGoBack(pool().now())).isFalse();
			assertThat(connection.isClosing(CloseReason.TLS_ROTATED)).isTrue();
		}

		@Test
		void idleTimeBeginsWithTheReturn() {
			ConnectionRecord connection = connect(null);
			pool().pass(200_000);
			pool().serve(connection);
			assertThat(connection.mayGoBack(pool().now())).isTrue();
			assertThat(connection.idle()).isEqualTo(pool().now() + millis(4000));
		}

	}

	@Nested
	class Sweeps {

		@Test
		void connectionIsLookedAtWhenTheLastLookIsLongEnoughAgo() {
			ConnectionRecord connection = idle(1);
			pool().pass(199);
			assertThat(sweep(connection)).isEqualTo(millis(4000 - 199));
			assertThat(looks()).isZero();
			pool().pass(1);
			assertThat(sweep(connection)).isEqualTo(millis(3800));
			assertThat(looks()).isOne();
			pool().pass(199);
			sweep(connection);
			assertThat(looks()).isOne();
			pool().pass(1);
			sweep(connection);
			assertThat(looks()).isEqualTo(2);
			assertThat(connection.state()).isEqualTo(State.IDLE);
		}

		@Test
		void connectionThatThePeerClosedLeavesAndTeachesWhenItWasLastSeenAlive() {
			ConnectionRecord connection = idle(7);
			pool().pass(250);
			sweep(connection);
			pool().pass(250);
			probe().look = Look.CLOSED;
			assertThat(sweep(connection)).isNotPositive();
			assertThat(connection.isClosing(CloseReason.PEER_CLOSED_IDLE)).isTrue();
			assertThat(estimate().open()).containsExactly(new PeerClose(false, millis(250), millis(500), 7));
		}

		@Test
		void connectionThatHasToLeaveTeachesOnlyOnce() {
			ConnectionRecord connection = idle(7);
			pool().pass(300);
			probe().look = Look.CLOSED;
			sweep(connection);
			pool().pass(300);
			assertThat(sweep(connection)).isNotPositive();
			assertThat(looks()).isOne();
			assertThat(estimate().open()).hasSize(1);
		}

		@Test
		void agedConnectionLeavesWithoutALook() {
			ConnectionRecord connection = idle(1);
			pool().pass(4000);
			assertThat(sweep(connection)).isNotPositive();
			assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
			assertThat(looks()).isZero();
		}

		@Test
		void trustThatShrankWhileIdleCounts() {
			ConnectionRecord connection = idle(1);
			pool().learnTimeout(pool().upstream(), 2000);
			pool().pass(-100);
			assertThat(sweep(connection)).isEqualTo(millis(100));
			pool().pass(100);
			assertThat(sweep(connection)).isNotPositive();
			assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
		}

		@Test
		void outdatedConnectionLeaves() {
			TlsGeneration tls = new TlsGeneration();
			ConnectionRecord rotated = connect(tls);
			pool().goBack(rotated);
			tls.replaced();
			assertThat(sweep(rotated)).isNotPositive();
			assertThat(rotated.isClosing(CloseReason.TLS_ROTATED)).isTrue();
			ConnectionRecord old = connect(null);
			old.trust(Long.MAX_VALUE / 2);
			pool().goBack(old);
			pool().pass(Duration.ofMinutes(11).toMillis() + 1);
			assertThat(sweep(old)).isNotPositive();
			assertThat(old.isClosing(CloseReason.LIFETIME)).isTrue();
		}

		@Test
		void activeConnectionIsNoneOfTheSweepersBusiness() {
			ConnectionRecord connection = idle(1);
			assertThat(lease(connection)).isTrue();
			pool().pass(600_000);
			assertThat(sweep(connection)).isEqualTo(Long.MAX_VALUE);
			assertThat(looks()).isZero();
			assertThat(connection.isClosing()).isFalse();
		}

		@Test
		void connectionThatWentBackAfterTheSweepBeganStays() {
			long sweepBegan = pool().now();
			pool().pass(5);
			ConnectionRecord connection = idle(1);
			assertThat(connection.sweep(sweepBegan, LOOK_AFTER)).isEqualTo(millis(4005));
			assertThat(looks()).isZero();
		}

		@Test
		void connectionThatIsClosedDuringTheLookStaysClosed() {
			ConnectionRecord connection = idle(1);
			pool().pass(300);
			probe().whenLookedAt = connection::closed;
			sweep(connection);
			assertThat(connection.state()).isEqualTo(State.CLOSED);
		}

		@Test
		void callerWaitsOutTheLook() throws Exception {
			ConnectionRecord connection = idle(1);
			pool().pass(300);
			Thread[] caller = new Thread[1];
			boolean[] leased = new boolean[1];
			probe().whenLookedAt = () -> {
				probe().whenLookedAt = () -> {
				};
				assertThat(connection.state()).isEqualTo(State.LOOKED_AT);
				caller[0] = new Thread(() -> leased[0] = lease(connection));
				caller[0].start();
			};
			sweep(connection);
			caller[0].join(10_000);
			assertThat(caller[0].isAlive()).isFalse();
			assertThat(leased[0]).isTrue();
			assertThat(connection.state()).isEqualTo(State.ACTIVE);
			assertThat(probe().overlaps()).isZero();
		}

	}

	@Nested
	class Watching {

		@ParameterizedTest
		@EnumSource(value = CloseReason.class, names = "IDLE", mode = EnumSource.Mode.EXCLUDE)
		void onlyAgedConnectionsCanBeWatched(CloseReason reason) {
			ConnectionRecord connection = idle(1);
			assertThat(connection.canBeWatched()).isFalse();
			connection.closing(reason);
			connection.closing(CloseReason.IDLE);
			assertThat(connection.canBeWatched()).isFalse();
		}

		@Test
		void agedConnectionCanBeWatchedUnlessItIsClosed() {
			ConnectionRecord connection = idle(1);
			connection.closing(CloseReason.IDLE);
			assertThat(connection.canBeWatched()).isTrue();
			connection.closed();
			assertThat(connection.canBeWatched()).isFalse();
		}

		@Test
		void connectionThatServedNoRequestCannotBeWatched() {
			ConnectionRecord connection = idle(0);
			connection.closing(CloseReason.IDLE);
			assertThat(connection.canBeWatched()).isFalse();
		}

		@Test
		void connectionThatIsClosedAsItIsHandedOverStaysClosedAndIsCountedOnce() {
			ConnectionRecord connection = idle(1);
			connection.closing(CloseReason.IDLE);
			assertThat(connection.canBeWatched()).isTrue();
			connection.closed();
			assertThat(connection.watched()).isFalse();
			connection.closed();
			assertThat(connection.state()).isEqualTo(State.CLOSED);
			assertThat(connection.upstream().sockets().count()).isZero();
		}

		@Test
		void watchedConnectionIsNeverLeased() {
			ConnectionRecord connection = idle(1);
			connection.closing(CloseReason.IDLE);
			connection.watched();
			assertThat(lease(connection)).isFalse();
			assertThat(sweep(connection)).isEqualTo(Long.MAX_VALUE);
			assertThat(connection.state()).isEqualTo(State.CANARY);
		}

	}

	private FakePool pool() {
		return this.pool;
	}

	private FakeProbe probe() {
		return this.probe;
	}

	private int looks() {
		return this.probe.looks();
	}

	private ConnectionRecord idle(int requests) {
		return this.pool.idle(this.probe, requests);
	}

	private ConnectionRecord connect(TlsGeneration tls) {
		return this.pool.connect(this.pool.upstream(), this.probe, tls);
	}

	private boolean lease(ConnectionRecord connection) {
		return this.pool.lease(connection);
	}

	private long sweep(ConnectionRecord connection) {
		return connection.sweep(this.pool.now(), LOOK_AFTER);
	}

	private long closed(CloseReason reason) {
		return this.pool.upstream().stats().closed(reason);
	}

	private KeepAliveEstimate estimate() {
		return this.pool.upstream().estimate();
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

}
