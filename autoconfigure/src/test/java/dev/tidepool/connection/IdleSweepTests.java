package dev.tidepool.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PeerClose;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdleSweep}, on a clock that stands still until it is moved.
 */
class IdleSweepTests {

	private final FakePool pool = new FakePool();

	private final FakeProbe probe = new FakeProbe();

	private final Canaries canaries = new Canaries();

	private final AtomicInteger removals = new AtomicInteger();

	private final IdleSweep sweep = new IdleSweep(this.pool.upstreams(), this.canaries, this::remove);

	private final List<ConnectionRecord> left = new ArrayList<>();

	@Test
	void nothingToDoIsLookedForAgainInASecond() {
		assertThat(sweep()).isEqualTo(Sweeper.MAX_PAUSE);
		ConnectionRecord active = this.pool.connect(this.probe);
		assertThat(sweep()).isEqualTo(Sweeper.MAX_PAUSE);
		this.pool.pass(600_000);
		assertThat(sweep()).isEqualTo(Sweeper.MAX_PAUSE);
		assertThat(this.probe.looks()).isZero();
		assertThat(active.isClosing()).isFalse();
		assertThat(this.removals).hasValue(0);
	}

	@Test
	void idleConnectionIsLookedAtFiveTimesASecond() {
		this.pool.idle(this.probe, 1);
		assertThat(sweep()).isEqualTo(millis(200));
		for (int looks = 0; looks < 15; looks++) {
			assertThat(this.probe.looks()).isEqualTo(looks);
			this.pool.pass(199);
			sweep();
			assertThat(this.probe.looks()).isEqualTo(looks);
			this.pool.pass(1);
			sweep();
		}
		assertThat(this.removals).hasValue(0);
	}

	@Test
	void manyIdleConnectionsAreLookedAtLessOften() {
		for (int i = 0; i < 501; i++) {
			this.pool.idle(this.probe, 1);
		}
		assertThat(sweep()).isEqualTo(millis(200));
		this.pool.pass(899);
		assertThat(sweep()).isEqualTo(millis(900));
		assertThat(this.probe.looks()).isZero();
		this.pool.pass(1);
		sweep();
		assertThat(this.probe.looks()).isEqualTo(501);
	}

	@Test
	void nextSweepComesWhenTheNextConnectionAges() {
		this.pool.idle(this.probe, 1);
		this.pool.pass(50);
		this.pool.idle(this.probe, 1);
		this.pool.pass(3900);
		assertThat(sweep()).isEqualTo(millis(50));
		this.pool.pass(50);
		assertThat(sweep()).isEqualTo(millis(50));
		assertThat(this.left).hasSize(1);
		this.pool.pass(50);
		assertThat(sweep()).isEqualTo(millis(50));
		assertThat(this.left).hasSize(2);
	}

	@Test
	void connectionsAreRemovedTogetherAndOnlyIfOneLeaves() {
		for (int i = 0; i < 5; i++) {
			this.pool.idle(this.probe, 1);
		}
		ConnectionRecord young = null;
		for (int i = 0; i < 20; i++) {
			sweep();
			young = this.pool.idle(new FakeProbe(), 1);
			this.pool.pass(190);
		}
		assertThat(this.removals).hasValue(0);
		this.pool.pass(200);
		sweep();
		assertThat(this.removals).hasValue(1);
		assertThat(this.left).hasSize(6).doesNotContain(young);
		this.pool.pass(10);
		sweep();
		assertThat(this.removals).hasValue(1);
	}

	@Test
	void connectionThatThePeerClosedLeaves() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		this.probe.look = Look.CLOSED;
		this.pool.pass(200);
		sweep();
		assertThat(this.left).containsExactly(connection);
		assertThat(closed(CloseReason.PEER_CLOSED_IDLE)).isOne();
	}

	@Test
	void connectionWithUnaskedBytesLeaves() {
		this.pool.idle(this.probe, 1);
		this.probe.look = Look.UNASKED_BYTES;
		this.pool.pass(200);
		sweep();
		assertThat(closed(CloseReason.UNASKED_BYTES)).isOne();
	}

	@Test
	void agedConnectionIsWatchedFromTheSameSweepOn() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		this.pool.pass(4000);
		assertThat(sweep()).isEqualTo(millis(50));
		assertThat(connection.state()).isEqualTo(State.CANARY);
		assertThat(this.probe.looks()).isOne();
		this.pool.pass(50);
		sweep();
		assertThat(this.probe.looks()).isEqualTo(2);
		assertThat(this.removals).hasValue(1);
	}

	@Test
	void whatWasSeenIsJudgedWhenItIsTime() {
		this.pool.upstream().learn(new PeerClose(true, millis(2000), millis(2050), 1), this.pool.now());
		this.pool.pass(1499);
		sweep();
		assertThat(this.pool.upstream().estimate().open()).hasSize(1);
		this.pool.pass(1);
		sweep();
		assertThat(this.pool.upstream().estimate().open()).isEmpty();
		assertThat(this.pool.upstream().estimate().timeout()).isEqualTo(millis(2000));
	}

	@Test
	void trustThatShrankIsKeptToByTheNextSweep() {
		ConnectionRecord connection = this.pool.idle(this.probe, 1);
		this.pool.learnTimeout(this.pool.upstream(), 2000);
		sweep();
		assertThat(this.left).containsExactly(connection);
		assertThat(connection.isClosing(CloseReason.IDLE)).isTrue();
	}

	@Test
	void connectionThatCannotBeLookedAtLeavesAndTheOthersAreSwept() {
		List<FakeProbe> probes = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			FakeProbe probe = new FakeProbe();
			probe.whenLookedAt = () -> {
				throw new IllegalStateException("broken");
			};
			this.pool.idle(probe, 1);
			probes.add(probe);
		}
		this.pool.pass(200);
		sweep();
		assertThat(probes).allSatisfy((probe) -> assertThat(probe.looks()).isOne());
		assertThat(closed(CloseReason.ERROR)).isEqualTo(20);
	}

	@RepeatedTest(50)
	void sweeperAndCallersNeverUseAConnectionTogether() throws Exception {
		int callers = 3;
		FakePool pool = new FakePool(new KeepAliveSettings(null, null, true, true, 0), Duration.ofDays(1000));
		long year = TimeUnit.DAYS.toNanos(365);
		List<FakeProbe> probes = new ArrayList<>();
		List<ConnectionRecord> connections = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			FakeProbe probe = new FakeProbe();
			probe.whenLookedAt = Thread::onSpinWait;
			ConnectionRecord connection = pool.connect(probe);
			pool.serve(connection);
			connection.trust(year);
			pool.goBack(connection);
			probes.add(probe);
			connections.add(connection);
		}
		AtomicInteger removals = new AtomicInteger();
		IdleSweep sweep = new IdleSweep(pool.upstreams(), new Canaries(), removals::incrementAndGet);
		AtomicBoolean swept = new AtomicBoolean();
		Callable<Integer> caller = () -> {
			int leased = 0;
			while (!swept.get() || leased == 0) {
				int chosen = ThreadLocalRandom.current().nextInt(connections.size());
				ConnectionRecord connection = connections.get(chosen);
				if (connection.lease(pool.now(), false)) {
					leased++;
					probes.get(chosen).use(() -> {
						connection.requestStarts();
						// Nothing that the sweeper may go by while a caller is at it
						connection.trust(0);
						for (int i = 0; i < 30; i++) {
							Thread.onSpinWait();
						}
						connection.responseStarts();
						connection.trust(year);
					});
					assertThat(pool.goBack(connection)).isTrue();
				}
			}
			return leased;
		};
		ExecutorService threads = Executors.newFixedThreadPool(callers);
		try {
			List<Future<Integer>> calls = new ArrayList<>();
			for (int i = 0; i < callers; i++) {
				calls.add(threads.submit(caller));
			}
			for (int i = 0; i < 4000; i++) {
				pool.pass(250);
				sweep.sweep(pool.now());
			}
			swept.set(true);
			int leased = 0;
			for (Future<Integer> call : calls) {
				leased += call.get(30, TimeUnit.SECONDS);
			}
			assertThat(connections.stream().mapToInt(ConnectionRecord::requests).sum())
				.isEqualTo(leased + connections.size());
		}
		finally {
			swept.set(true);
			threads.shutdownNow();
		}
		assertThat(probes).allSatisfy((probe) -> assertThat(probe.overlaps()).isZero());
		assertThat(connections).allSatisfy((connection) -> {
			assertThat(connection.state()).isEqualTo(State.IDLE);
			assertThat(connection.isClosing()).isFalse();
		});
		assertThat(removals).as("removals, though no connection had to leave").hasValue(0);
		assertThat(probes.stream().mapToInt(FakeProbe::looks).sum()).isPositive();
	}

	private long sweep() {
		return this.sweep.sweep(this.pool.now());
	}

	// What the pool does
	private void remove() {
		this.removals.incrementAndGet();
		for (UpstreamStats stats : this.pool.upstreams().stats()) {
			for (ConnectionRecord connection : stats.connections()) {
				if (connection.state() == State.IDLE && connection.isClosing()) {
					this.left.add(connection);
					if (!this.canaries.adopt(connection)) {
						connection.closed();
					}
				}
			}
		}
	}

	private long closed(CloseReason reason) {
		return this.pool.upstream().stats().closed(reason);
	}

	private static long millis(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

}
