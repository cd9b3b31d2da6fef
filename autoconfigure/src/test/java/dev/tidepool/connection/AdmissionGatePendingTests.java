package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;
import dev.tidepool.connection.AdmissionGate.Pending;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers that wait at the gate without a thread.
 */
class AdmissionGatePendingTests {

	private static final long LONG = TimeUnit.SECONDS.toNanos(30);

	private final List<Admission> told = new ArrayList<>();

	private final AdmissionGate gate = new AdmissionGate(10, NanoClock.SYSTEM);

	@Test
	void whoWaitsIsToldOnceByWhoLeaves() {
		Lane lane = full(this.gate.lane(1, 10));
		Pending pending = lane.enter(this.told::add);
		assertThat(this.told).isEmpty();
		assertThat(lane.pending()).isOne();
		assertThat(lane.waits()).isOne();
		lane.leave();
		assertThat(this.told).containsExactly(Admission.ADMITTED);
		assertThat(lane.pending()).isZero();
		assertThat(lane.active()).isOne();
		assertThat(pending.expire()).isFalse();
		assertThat(pending.cancel()).isFalse();
		lane.leave();
		assertThat(this.told).hasSize(1);
		assertThat(this.gate.active()).isZero();
	}

	@Test
	void whoFindsRoomAfterAllIsToldAtOnce() {
		Lane lane = this.gate.lane(1, 10);
		Pending pending = lane.enter(this.told::add);
		assertThat(this.told).containsExactly(Admission.ADMITTED);
		assertThat(pending.cancel()).isFalse();
		assertThat(lane.active()).isOne();
		assertThat(lane.pending()).isZero();
	}

	@Test
	void refusesWhenTooManyWait() {
		Lane lane = full(this.gate.lane(1, 1));
		lane.enter(this.told::add);
		Pending refused = lane.enter(this.told::add);
		assertThat(this.told).containsExactly(Admission.REFUSED);
		assertThat(refused.expire()).isFalse();
		assertThat(lane.waits()).isEqualTo(2);
		assertThat(lane.pending()).isOne();
		assertThat(lane.isSaturated(System.nanoTime())).isTrue();
	}

	@Test
	void whoWaitsForTheTotalIsCountedAndServedByAnotherUpstreamsLeave() {
		AdmissionGate gate = new AdmissionGate(1, NanoClock.SYSTEM);
		Lane one = full(gate.lane(1, 10));
		Lane other = gate.lane(10, 10);
		other.enter(this.told::add);
		assertThat(other.waitsForTotal()).isOne();
		one.leave();
		assertThat(this.told).containsExactly(Admission.ADMITTED);
		assertThat(other.active()).isOne();
	}

	@Test
	void raisedLimitsAdmitWhoWaits() {
		AdmissionGate gate = new AdmissionGate(1, NanoClock.SYSTEM);
		Lane lane = full(gate.lane(1, 10));
		lane.enter(this.told::add);
		lane.enter(this.told::add);
		lane.max(3);
		assertThat(this.told).isEmpty();
		gate.maxTotal(3);
		assertThat(this.told).containsExactly(Admission.ADMITTED, Admission.ADMITTED);
		assertThat(gate.active()).isEqualTo(3);
	}

	@Test
	void whoExpiresIsTurnedAwayAndNotTold() {
		ManualClock clock = new ManualClock(0);
		Lane lane = full(new AdmissionGate(10, clock).lane(1, 10));
		Pending pending = lane.enter(this.told::add);
		assertThat(pending.expire()).isTrue();
		assertThat(pending.expire()).isFalse();
		assertThat(lane.pending()).isZero();
		assertThat(lane.isSaturated(AdmissionGate.RECENT - 1)).isTrue();
		assertThat(lane.isSaturated(AdmissionGate.RECENT)).isFalse();
		lane.leave();
		assertThat(this.told).isEmpty();
		assertThat(lane.active()).isZero();
	}

	@Test
	void whoCancelsIsNotTurnedAwayAndNotTold() {
		ManualClock clock = new ManualClock(0);
		Lane lane = full(new AdmissionGate(10, clock).lane(1, 10));
		Pending pending = lane.enter(this.told::add);
		assertThat(pending.cancel()).isTrue();
		assertThat(pending.cancel()).isFalse();
		assertThat(lane.isSaturated(0)).isFalse();
		assertThat(lane.pending()).isZero();
		lane.leave();
		assertThat(this.told).isEmpty();
		assertThat(lane.tryEnter()).isTrue();
	}

	@Test
	void whoGivesUpLetsTheOthersKeepTheirPlaces() {
		Lane lane = full(this.gate.lane(1, 10));
		Queue<Integer> order = new ConcurrentLinkedQueue<>();
		List<Pending> pending = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			int number = i;
			pending.add(lane.enter((admission) -> order.add(number)));
		}
		pending.get(0).cancel();
		pending.get(3).expire();
		for (int i = 0; i < 4; i++) {
			lane.leave();
		}
		assertThat(order).containsExactly(1, 2, 4, 5);
		assertThat(lane.pending()).isZero();
	}

	@Test
	void threadsAndCallbacksStandInOneLine() throws Exception {
		Lane lane = full(this.gate.lane(1, 100));
		Queue<Integer> order = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			if (i % 2 == 0) {
				lane.enter((admission) -> order.add(number));
			}
			else {
				startWaiting(lane, (admission) -> order.add(number));
			}
		}
		for (int i = 1; i <= 10; i++) {
			int served = i;
			lane.leave();
			Awaitility.await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> order.size() == served);
		}
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		lane.leave();
		assertThat(this.gate.active()).isZero();
	}

	@Test
	void closeTellsBothKindsAndNobodyWaitsUntilItIsOpen() throws Exception {
		Lane lane = full(this.gate.lane(1, 10));
		Queue<Admission> answers = new ConcurrentLinkedQueue<>();
		Pending pending = lane.enter(answers::add);
		Thread thread = startWaiting(lane, answers::add);
		this.gate.close();
		thread.join(TimeUnit.NANOSECONDS.toMillis(LONG));
		assertThat(answers).containsExactly(Admission.CLOSED, Admission.CLOSED);
		assertThat(pending.expire()).isFalse();
		assertThat(lane.pending()).isZero();
		lane.enter(this.told::add);
		assertThat(this.told).containsExactly(Admission.CLOSED);
		this.gate.open();
		lane.enter(this.told::add);
		lane.leave();
		assertThat(this.told).containsExactly(Admission.CLOSED, Admission.ADMITTED);
		assertThat(lane.active()).isOne();
	}

	@Test
	void stackDoesNotGrowWithThoseThatLeaveAtOnce() {
		Lane lane = full(this.gate.lane(1, 10_000));
		List<Long> depths = new ArrayList<>();
		Consumer<Admission> leaving = (admission) -> {
			depths.add(StackWalker.getInstance().walk((frames) -> frames.count()));
			lane.leave();
		};
		for (int i = 0; i < 10_000; i++) {
			lane.enter(leaving);
		}
		lane.leave();
		assertThat(depths).hasSize(10_000);
		assertThat(depths).containsOnly(depths.get(0));
		assertThat(lane.active()).isZero();
		assertThat(lane.pending()).isZero();
	}

	@Test
	void whoEntersAgainWhenToldIsToldWhenThatHasReturned() {
		Lane lane = this.gate.lane(1, 10);
		List<String> events = new ArrayList<>();
		lane.enter((first) -> {
			lane.leave();
			lane.enter((second) -> events.add("second " + second));
			events.add("first " + first);
		});
		assertThat(events).containsExactly("first ADMITTED", "second ADMITTED");
	}

	@Test
	void callbackThatThrowsKeepsNobodyFromBeingTold() {
		Lane lane = full(this.gate.lane(1, 10));
		for (int i = 0; i < 3; i++) {
			lane.enter((admission) -> {
				this.told.add(admission);
				throw new IllegalStateException("broken");
			});
		}
		lane.max(4);
		assertThat(this.told).hasSize(3).containsOnly(Admission.ADMITTED);
		lane.enter(this.told::add);
		lane.leave();
		assertThat(this.told).hasSize(4);
	}

	@RepeatedTest(5)
	void limitsHoldAndEachIsToldOnceUnderLoad() throws Exception {
		AdmissionGate gate = new AdmissionGate(5, NanoClock.SYSTEM);
		List<Lane> lanes = List.of(gate.lane(2, 20), gate.lane(3, 20), gate.lane(4, 20));
		AtomicInteger tooMany = new AtomicInteger();
		Queue<Caller> callers = new ConcurrentLinkedQueue<>();
		Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
		Together.run(12, (number) -> () -> {
			for (int n = 0; n < 2000; n++) {
				Lane lane = lanes.get(ThreadLocalRandom.current().nextInt(lanes.size()));
				if (ThreadLocalRandom.current().nextInt(4) == 0) {
					if (lane.enter(50_000) == Admission.ADMITTED) {
						lane.leave();
					}
					continue;
				}
				Caller caller = new Caller(lane, gate, tooMany);
				callers.add(caller);
				if (lane.tryEnter()) {
					caller.told(Admission.ADMITTED);
				}
				else {
					caller.pending = lane.enter(caller::told);
					waiting.add(caller);
				}
				Pending other = (n % 3 == 0) ? waiting.poll() : null;
				if (other != null) {
					other.cancel();
				}
			}
			return null;
		});
		assertThat(tooMany).hasValue(0);
		assertThat(gate.active()).isZero();
		assertThat(lanes).allSatisfy((lane) -> {
			assertThat(lane.active()).isZero();
			assertThat(lane.pending()).isZero();
			assertThat(lane.tryEnter()).isTrue();
		});
		assertThat(callers).isNotEmpty().allSatisfy((caller) -> assertThat(caller.answers).hasValue(1));
	}

	@Test
	void whoTriesToEnterInVainHidesNoRoomFromThoseThatWait() throws Exception {
		AtomicReference<Lane> tried = new AtomicReference<>();
		AtomicBoolean over = new AtomicBoolean();
		Together.run(3, (number) -> () -> {
			while (number > 0 && !over.get()) {
				Lane lane = tried.get();
				if (lane != null && lane.tryEnter()) {
					lane.leave();
				}
			}
			try {
				for (int i = 0; i < 10_000 && number == 0; i++) {
					AdmissionGate gate = new AdmissionGate(1, NanoClock.SYSTEM);
					Lane holder = full(gate.lane(1, 1));
					Lane lane = gate.lane(1, 1);
					tried.set(lane);
					for (int n = 0; n < i % 50; n++) {
						Thread.onSpinWait();
					}
					AtomicReference<Admission> answer = new AtomicReference<>();
					lane.enter(answer::set);
					tried.set(null);
					holder.leave();
					if (answer.get() == null) {
						Awaitility.await().until(() -> answer.get() == Admission.ADMITTED);
					}
				}
			}
			finally {
				over.set(true);
			}
			return null;
		});
	}

	private static Lane full(Lane lane) {
		while (lane.tryEnter()) {
			assertThat(lane.active()).isPositive();
		}
		return lane;
	}

	private static Thread startWaiting(Lane lane, Consumer<Admission> told) {
		int before = lane.pending();
		Thread thread = new Thread(() -> {
			try {
				told.accept(lane.enter(LONG));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		thread.setDaemon(true);
		thread.start();
		Awaitility.await()
			.pollInterval(1, TimeUnit.MILLISECONDS)
			.until(() -> lane.pending() == before + 1 && thread.getState() == Thread.State.TIMED_WAITING);
		return thread;
	}

	/**
	 * One that leaves as soon as it is told, and whom others make give up.
	 */
	private static final class Caller implements Pending {

		private final AtomicInteger answers = new AtomicInteger();

		private final Lane lane;

		private final AdmissionGate gate;

		private final AtomicInteger tooMany;

		private volatile Pending pending;

		Caller(Lane lane, AdmissionGate gate, AtomicInteger tooMany) {
			this.lane = lane;
			this.gate = gate;
			this.tooMany = tooMany;
		}

		void told(Admission admission) {
			this.answers.incrementAndGet();
			if (admission == Admission.ADMITTED) {
				if (this.lane.active() > this.lane.max() || this.gate.active() > this.gate.maxTotal()) {
					this.tooMany.incrementAndGet();
				}
				this.lane.leave();
			}
		}

		@Override
		public boolean expire() {
			return gaveUp(this.pending.expire());
		}

		@Override
		public boolean cancel() {
			return gaveUp(ThreadLocalRandom.current().nextBoolean() ? this.pending.cancel() : this.pending.expire());
		}

		private boolean gaveUp(boolean before) {
			if (before) {
				this.answers.incrementAndGet();
			}
			return before;
		}

	}

}
