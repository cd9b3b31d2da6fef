package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PeerClose;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Canaries}, on a clock that stands still until it is moved.
 */
class CanariesTests {

	private final FakePool pool = new FakePool();

	private final Canaries canaries = new Canaries();

	private final FakeProbe probe = new FakeProbe();

	@Test
	void agedConnectionBecomesACanary() {
		ConnectionRecord connection = aged(this.pool.upstream(), this.probe);
		assertThat(this.canaries.adopt(connection)).isTrue();
		assertThat(connection.state()).isEqualTo(State.CANARY);
		assertThat(this.pool.upstream().stats().connections(State.CANARY)).isOne();
		assertThat(this.pool.upstream().stats().connections(State.IDLE)).isZero();
		assertThat(this.probe.closes()).isZero();
	}

	@Test
	void canaryNeverSeesACallerAgain() {
		ConnectionRecord connection = adopted();
		assertThat(this.pool.lease(connection)).isFalse();
		assertThat(connection.state()).isEqualTo(State.CANARY);
		this.canaries.watch(this.pool.pass(50));
		assertThat(this.pool.lease(connection)).isFalse();
	}

	@Test
	void upstreamHasOneCanary() {
		adopted();
		FakeProbe other = new FakeProbe();
		assertThat(this.canaries.adopt(aged(this.pool.upstream(), other))).isFalse();
		assertThat(this.canaries.adopt(aged(this.pool.upstream("stock"), other))).isTrue();
	}

	@Test
	void connectionThatIsNotWatchedStaysAsItWas() {
		adopted();
		ConnectionRecord second = aged(this.pool.upstream(), new FakeProbe());
		assertThat(this.canaries.adopt(second)).isFalse();
		assertThat(second.state()).isEqualTo(State.IDLE);
		assertThat(second.isClosing(CloseReason.IDLE)).isTrue();
	}

	@Test
	void upstreamMayHaveAnotherCanaryWhenTheFirstIsClosed() {
		adopted();
		this.probe.look = Look.CLOSED;
		this.canaries.watch(this.pool.pass(50));
		assertThat(this.canaries.adopt(aged(this.pool.upstream(), new FakeProbe()))).isTrue();
	}

	@Test
	void thereAreSixteenCanariesInAll() {
		List<FakeProbe> probes = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			FakeProbe probe = new FakeProbe();
			probes.add(probe);
			assertThat(this.canaries.adopt(aged(this.pool.upstream("host-" + i), probe))).isTrue();
		}
		ConnectionRecord oneMore = aged(this.pool.upstream("host-16"), new FakeProbe());
		assertThat(this.canaries.adopt(oneMore)).isFalse();
		probes.get(7).look = Look.CLOSED;
		this.canaries.watch(this.pool.pass(50));
		assertThat(this.canaries.adopt(oneMore)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(value = CloseReason.class, names = "IDLE", mode = EnumSource.Mode.EXCLUDE)
	void connectionThatLeavesForAnotherReasonIsNotWatched(CloseReason reason) {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		connection.closing(reason);
		assertThat(this.canaries.adopt(connection)).isFalse();
	}

	@Test
	void connectionWithoutAReasonToLeaveIsNotWatched() {
		assertThat(this.canaries.adopt(this.pool.idle(this.probe, 1))).isFalse();
	}

	@Test
	void connectionThatServedNoRequestIsNotWatched() {
		ConnectionRecord connection = this.pool.idle(this.probe, 0);
		connection.closing(CloseReason.IDLE);
		assertThat(this.canaries.adopt(connection)).isFalse();
	}

	@Test
	void closedConnectionIsNotWatched() {
		ConnectionRecord connection = aged(this.pool.upstream(), this.probe);
		connection.closed();
		assertThat(this.canaries.adopt(connection)).isFalse();
		assertThat(connection.state()).isEqualTo(State.CLOSED);
	}

	@Test
	void nothingIsWatchedIfLearningIsOff() {
		FakePool pool = new FakePool(new KeepAliveSettings(null, null, true, false, 0));
		ConnectionRecord connection = pool.idle(this.probe, 1);
		connection.closing(CloseReason.IDLE);
		assertThat(this.canaries.adopt(connection)).isFalse();
	}

	@Test
	void canaryIsLookedAtOftenAndNothingElseIs() {
		assertThat(this.canaries.watch(this.pool.now())).isEqualTo(Long.MAX_VALUE);
		adopted();
		assertThat(this.canaries.watch(this.pool.now())).isEqualTo(millis(50));
		assertThat(this.canaries.watch(this.pool.pass(50))).isEqualTo(millis(50));
		assertThat(this.probe.looks()).isEqualTo(2);
	}

	@Test
	void endOfACanaryTeachesHowOldItWasWhenLastSeenAlive() {
		ConnectionRecord connection = adopted();
		this.canaries.watch(this.pool.pass(400));
		this.canaries.watch(this.pool.pass(50));
		this.probe.look = Look.CLOSED;
		assertThat(this.canaries.watch(this.pool.pass(50))).isEqualTo(Long.MAX_VALUE);
		Upstream upstream = this.pool.upstream();
		assertThat(upstream.estimate().open()).containsExactly(new PeerClose(true, millis(4450), millis(4500), 1));
		assertThat(connection.state()).isEqualTo(State.CLOSED);
		assertThat(this.probe.closes()).isOne();
		assertThat(upstream.stats().closed(CloseReason.IDLE)).isOne();
		assertThat(upstream.stats().closed(CloseReason.PEER_CLOSED_IDLE)).isZero();
		this.pool.judge(upstream);
		assertThat(upstream.estimate().timeout()).isEqualTo(millis(4450));
	}

	@Test
	void canaryThatWasNeverSeenAliveAgainTeachesFromTheLastLookInThePool() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		connection.sweep(this.pool.pass(3800), 0);
		connection.sweep(this.pool.pass(200), 0);
		assertThat(this.canaries.adopt(connection)).isTrue();
		this.probe.look = Look.CLOSED;
		this.canaries.watch(this.pool.pass(20));
		assertThat(this.pool.upstream().estimate().open())
			.containsExactly(new PeerClose(true, millis(3800), millis(4020), 1));
	}

	@Test
	void unaskedBytesOnACanaryTeachNothing() {
		ConnectionRecord connection = adopted();
		this.probe.look = Look.UNASKED_BYTES;
		assertThat(this.canaries.watch(this.pool.pass(50))).isEqualTo(Long.MAX_VALUE);
		assertThat(this.pool.upstream().estimate()).isSameAs(KeepAliveEstimate.NONE);
		assertThat(connection.state()).isEqualTo(State.CLOSED);
		assertThat(this.probe.closes()).isOne();
	}

	@Test
	void canaryThatReachesItsCapTeachesNothing() {
		ConnectionRecord connection = adopted();
		assertThat(this.canaries.watch(this.pool.pass(115_999))).isEqualTo(millis(50));
		assertThat(connection.state()).isEqualTo(State.CANARY);
		assertThat(this.canaries.watch(this.pool.pass(1))).isEqualTo(Long.MAX_VALUE);
		assertThat(connection.state()).isEqualTo(State.CLOSED);
		assertThat(this.probe.closes()).isOne();
		assertThat(this.pool.upstream().estimate()).isSameAs(KeepAliveEstimate.NONE);
	}

	@Test
	void oneCanaryThatFailsDoesNotKeepTheOthersFromBeingWatched() {
		adopted();
		this.probe.whenLookedAt = () -> {
			throw new IllegalStateException("broken");
		};
		FakeProbe other = new FakeProbe();
		assertThat(this.canaries.adopt(aged(this.pool.upstream("stock"), other))).isTrue();
		assertThat(this.canaries.watch(this.pool.pass(50))).isEqualTo(millis(50));
		assertThat(other.looks()).isOne();
		assertThat(this.probe.closes()).isOne();
		assertThat(this.pool.upstream().estimate()).isSameAs(KeepAliveEstimate.NONE);
	}

	@ParameterizedTest
	@CsvSource({ "CLOSED", "UNASKED_BYTES" })
	void connectionIsNotClosedWhileOthersHaveToWaitForThat(Look look) {
		AtomicBoolean locked = new AtomicBoolean(true);
		adopted();
		this.probe.look = look;
		this.probe.whenClosed = () -> locked.set(Thread.holdsLock(this.canaries));
		this.canaries.watch(this.pool.pass(50));
		assertThat(locked).isFalse();
		locked.set(true);
		FakeProbe other = new FakeProbe();
		other.whenClosed = () -> locked.set(Thread.holdsLock(this.canaries));
		this.canaries.adopt(aged(this.pool.upstream(), other));
		this.canaries.close();
		assertThat(locked).isFalse();
	}

	@Test
	void allAreClosedInOrderAtTheEndAndTeachNothing() {
		FakeProbe other = new FakeProbe();
		ConnectionRecord first = adopted();
		ConnectionRecord second = aged(this.pool.upstream("stock"), other);
		this.canaries.adopt(second);
		this.canaries.close();
		this.canaries.close();
		assertThat(List.of(first.state(), second.state())).containsOnly(State.CLOSED);
		assertThat(this.probe.closes()).isOne();
		assertThat(other.closes()).isOne();
		assertThat(this.canaries.watch(this.pool.pass(50))).isEqualTo(Long.MAX_VALUE);
		assertThat(this.probe.looks()).isZero();
		assertThat(this.pool.upstream().estimate()).isSameAs(KeepAliveEstimate.NONE);
	}

	@Test
	void noneIsWatchedAfterTheEnd() {
		this.canaries.close();
		ConnectionRecord connection = aged(this.pool.upstream(), this.probe);
		assertThat(this.canaries.adopt(connection)).isFalse();
		assertThat(connection.state()).isEqualTo(State.IDLE);
	}

	private ConnectionRecord adopted() {
		ConnectionRecord connection = aged(this.pool.upstream(), this.probe);
		assertThat(this.canaries.adopt(connection)).isTrue();
		return connection;
	}

	// Trusted for 4 s, as nothing is known of the upstream
	private ConnectionRecord aged(Upstream upstream, FakeProbe probe) {
		ConnectionRecord connection = this.pool.idle(upstream, probe, 1);
		assertThat(connection.sweep(this.pool.pass(4000), Long.MAX_VALUE)).isNotPositive();
		return connection;
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

}
