package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which idle connections leave before their time.
 */
class IdleEvictionTests {

	private final FakePool pool = new FakePool();

	private final AtomicInteger removals = new AtomicInteger();

	private final IdleEviction eviction = new IdleEviction(this.pool.upstreams(), this.removals::incrementAndGet);

	private final Upstream orders = this.pool.upstream("orders");

	private final Upstream stock = this.pool.upstream("stock");

	@Test
	void nothingLeavesWithinTheLimits() {
		List<ConnectionRecord> idle = idle(this.orders, 3);
		this.orders.lane().max(3);
		this.pool.upstreams().gate().maxTotal(3);
		this.eviction.evictExcess(this.orders);
		this.eviction.evictExcess();
		assertThat(idle).allMatch(ConnectionRecord::isIdle);
		assertThat(this.removals).hasValue(0);
	}

	@Test
	void longestIdleOfTheUpstreamLeaveAboveItsLimit() {
		List<ConnectionRecord> ofStock = idle(this.stock, 3);
		List<ConnectionRecord> idle = idle(this.orders, 5);
		this.orders.lane().max(2);
		this.eviction.evictExcess(this.orders);
		assertThat(idle.subList(0, 3)).allMatch((each) -> each.isClosing(CloseReason.SHRINK));
		assertThat(idle.subList(3, 5)).allMatch(ConnectionRecord::isIdle);
		assertThat(ofStock).allMatch(ConnectionRecord::isIdle);
		assertThat(this.removals).hasValue(1);
	}

	@Test
	void longestIdleOfAllLeaveAboveTheTotal() {
		List<ConnectionRecord> all = new ArrayList<>(idle(this.stock, 2));
		all.addAll(idle(this.orders, 2));
		all.addAll(idle(this.stock, 2));
		this.pool.upstreams().gate().maxTotal(3);
		this.eviction.evictExcess();
		assertThat(all.subList(0, 3)).allMatch((each) -> each.isClosing(CloseReason.SHRINK));
		assertThat(all.subList(3, 6)).allMatch(ConnectionRecord::isIdle);
	}

	@Test
	void activeOnesCountAndStay() throws Exception {
		ConnectionRecord active = this.pool.connect(new FakeProbe());
		this.orders.lane().enter(0);
		List<ConnectionRecord> idle = idle(this.orders, 2);
		this.orders.lane().max(2);
		this.eviction.evictExcess(this.orders);
		assertThat(active.isClosing()).isFalse();
		assertThat(idle.get(0).isClosing(CloseReason.SHRINK)).isTrue();
		assertThat(idle.get(1).isIdle()).isTrue();
	}

	@Test
	void whatIsLeavingAlreadyIsNotCountedAgain() {
		List<ConnectionRecord> idle = idle(this.orders, 4);
		this.orders.lane().max(2);
		this.eviction.evictExcess(this.orders);
		this.eviction.evictExcess(this.orders);
		assertThat(idle).filteredOn(ConnectionRecord::isIdle).hasSize(2);
		assertThat(this.removals).hasValue(1);
	}

	@Test
	void evictedConnectionIsNotLeasedAndALeasedOneNotEvicted() {
		List<ConnectionRecord> idle = idle(this.orders, 2);
		assertThat(this.pool.lease(idle.get(1))).isTrue();
		assertThat(this.eviction.evict((upstream) -> true)).isOne();
		assertThat(this.pool.lease(idle.get(0))).isFalse();
		assertThat(idle.get(1).isClosing()).isFalse();
	}

	@Test
	void leaseAndEvictionNeverBothGetAConnection() throws Exception {
		for (int round = 0; round < 500; round++) {
			ConnectionRecord connection = this.pool.idle(new FakeProbe(), 1);
			List<Boolean> got = Together.run(2, (thread) -> () -> (thread == 0) ? this.pool.lease(connection)
					: connection.leaveIfIdle(CloseReason.SHRINK));
			assertThat(got).as("round %d", round).containsExactlyInAnyOrder(true, false);
			connection.closed();
		}
	}

	@Test
	void leaseAndWhoMakesRoomNeverBothGetAConnection() throws Exception {
		for (int round = 0; round < 500; round++) {
			ConnectionRecord connection = this.pool.idle(new FakeProbe(), 1);
			List<Boolean> got = Together.run(3,
					(thread) -> () -> (thread == 0) ? this.pool.lease(connection) : connection.makesRoom());
			assertThat(got).as("round %d", round).containsOnlyOnce(true);
			connection.closed();
		}
	}

	@Test
	void allIdleOfOneUpstreamLeaveOnDemand() {
		List<ConnectionRecord> idle = idle(this.orders, 3);
		List<ConnectionRecord> others = idle(this.stock, 3);
		assertThat(this.eviction.evict((upstream) -> upstream == this.orders)).isEqualTo(3);
		assertThat(idle).allMatch((each) -> each.isClosing(CloseReason.SHRINK));
		assertThat(others).allMatch(ConnectionRecord::isIdle);
		assertThat(this.eviction.evict((upstream) -> upstream == this.orders)).isZero();
	}

	@Test
	void longestIdleOfAllAreResetWhenTheyAreGivenUp() {
		List<FakeProbe> probes = List.of(new FakeProbe(), new FakeProbe(), new FakeProbe());
		for (FakeProbe probe : probes) {
			this.pool.pass(1);
			this.pool.idle(probe, 1);
		}
		assertThat(this.eviction.giveUp(2)).isEqualTo(2);
		assertThat(probes).extracting(FakeProbe::resets).containsExactly(1, 1, 0);
		assertThat(this.eviction.giveUp(2)).isOne();
		assertThat(this.eviction.giveUp(2)).isZero();
		assertThat(this.removals).hasValue(2);
	}

	@Test
	void whoMakesRoomClosesTheLongestIdleOfTheUpstream() {
		List<ConnectionRecord> ofStock = idle(this.stock, 2);
		List<ConnectionRecord> idle = idle(this.orders, 3);
		this.orders.lane().max(3);
		makeRoom(this.orders);
		assertThat(closes(idle)).containsExactly(1, 0, 0);
		assertThat(idle.get(0).isClosing(CloseReason.SHRINK)).isTrue();
		assertThat(this.orders.stats().connections()).doesNotContain(idle.get(0));
		assertThat(closes(ofStock)).containsOnly(0);
		assertThat(this.removals).hasValue(1);
	}

	@Test
	void whoMakesRoomClosesTheLongestIdleOfAll() {
		List<ConnectionRecord> ofStock = idle(this.stock, 2);
		List<ConnectionRecord> idle = idle(this.orders, 2);
		this.pool.upstreams().gate().maxTotal(4);
		makeRoom(this.orders);
		assertThat(closes(ofStock)).containsExactly(1, 0);
		assertThat(closes(idle)).containsOnly(0);
	}

	@Test
	void nothingIsClosedWhereThereIsRoom() {
		List<ConnectionRecord> idle = idle(this.orders, 3);
		this.orders.lane().max(4);
		this.pool.upstreams().gate().maxTotal(4);
		makeRoom(this.orders);
		assertThat(closes(idle)).containsOnly(0);
		assertThat(this.removals).hasValue(0);
	}

	@Test
	void whatHasToLeaveAnywayMakesRoomFirstAndIsClosedOnce() {
		List<ConnectionRecord> idle = idle(this.orders, 3);
		idle.get(1).closing(CloseReason.LIFETIME);
		this.pool.lease(idle.get(2));
		idle.get(2).closing(CloseReason.REQUESTS);
		idle.get(2).leaves();
		this.pool.upstreams().gate().maxTotal(3);
		makeRoom(this.orders);
		makeRoom(this.orders);
		idle.get(1).closeIfLeft();
		idle.get(2).closeIfLeft();
		assertThat(closes(idle)).containsExactly(0, 1, 1);
		assertThat(this.orders.stats().closed(CloseReason.LIFETIME)).isOne();
		assertThat(this.orders.stats().closed(CloseReason.REQUESTS)).isOne();
	}

	@Test
	void connectionInUseMakesNoRoom() {
		ConnectionRecord active = this.pool.connect(new FakeProbe());
		this.pool.upstreams().gate().maxTotal(1);
		makeRoom(this.orders);
		assertThat(closes(List.of(active))).containsOnly(0);
		assertThat(this.orders.stats().connections()).containsExactly(active);
	}

	@Test
	void canaryTakesNobodysRoomAndMakesNone() {
		List<ConnectionRecord> idle = idle(this.orders, 2);
		this.pool.pass(60_000);
		idle.get(0).closing(CloseReason.IDLE);
		Canaries canaries = new Canaries();
		assertThat(canaries.adopt(idle.get(0))).isTrue();
		this.pool.upstreams().gate().maxTotal(2);
		makeRoom(this.orders);
		assertThat(closes(idle)).containsOnly(0);
		makeRoom(this.orders);
		assertThat(closes(idle)).containsExactly(0, 1);
		canaries.close();
		assertThat(this.pool.upstreams().sockets().count()).isEqualTo(2);
	}

	@Test
	void callersThatEachMakeRoomNeverHaveMoreOpenThanTheTotal() throws Exception {
		AtomicInteger open = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.pool.upstreams().gate().maxTotal(10);
		Together.run(8, (thread) -> () -> {
			for (int i = 0; i < 300; i++) {
				Upstream upstream = this.pool.upstream("host-" + thread + "-" + i);
				assertThat(upstream.lane().tryEnter()).isTrue();
				makeRoom(upstream);
				most.accumulateAndGet(open.incrementAndGet(), Math::max);
				FakeProbe probe = new FakeProbe();
				probe.whenClosed = open::decrementAndGet;
				ConnectionRecord connection = this.pool.connect(upstream, probe, null);
				upstream.sockets().remove();
				this.pool.serve(connection);
				this.pool.goBack(connection);
				upstream.lane().leave();
			}
			return null;
		});
		assertThat(most.get()).isBetween(8, 10);
		assertThat(this.pool.upstreams().sockets().count()).isEqualTo(open.get()).isBetween(1, 10);
	}

	private void makeRoom(Upstream upstream) {
		upstream.sockets().add();
		this.eviction.makeRoom(upstream);
	}

	private static List<Integer> closes(List<ConnectionRecord> connections) {
		return connections.stream().map((each) -> ((FakeProbe) each.probe()).closes()).toList();
	}

	// The longest idle one first
	private List<ConnectionRecord> idle(Upstream upstream, int count) {
		List<ConnectionRecord> idle = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			this.pool.pass(1);
			idle.add(this.pool.idle(upstream, new FakeProbe(), 1));
		}
		return idle;
	}

}
