package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;

import static org.assertj.core.api.Assertions.assertThat;

class AdmissionGateTests {

	private static final long LONG = TimeUnit.SECONDS.toNanos(30);

	@Test
	void admitsUpToTheLimitOfTheUpstream() throws Exception {
		Lane lane = new AdmissionGate(10, NanoClock.SYSTEM).lane(2, 10);
		assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
		assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
		assertThat(lane.enter(0)).isEqualTo(Admission.EXPIRED);
		assertThat(lane.active()).isEqualTo(2);
		assertThat(lane.pending()).isZero();
		lane.leave();
		assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
	}

	@Test
	void admitsUpToTheLimitInTotal() throws Exception {
		AdmissionGate gate = new AdmissionGate(2, NanoClock.SYSTEM);
		Lane one = gate.lane(10, 10);
		Lane other = gate.lane(10, 10);
		assertThat(one.enter(0)).isEqualTo(Admission.ADMITTED);
		assertThat(other.enter(0)).isEqualTo(Admission.ADMITTED);
		assertThat(one.enter(0)).isEqualTo(Admission.EXPIRED);
		other.leave();
		assertThat(one.enter(0)).isEqualTo(Admission.ADMITTED);
		assertThat(gate.active()).isEqualTo(2);
	}

	@Test
	void refusesWhenTooManyWait() throws Exception {
		Lane lane = new AdmissionGate(10, NanoClock.SYSTEM).lane(1, 1);
		lane.enter(0);
		Thread waiting = start(() -> lane.enter(LONG), lane, 1);
		assertThat(lane.enter(LONG)).isEqualTo(Admission.REFUSED);
		waiting.interrupt();
		waiting.join();
		assertThat(lane.pending()).isZero();
	}

	@Test
	void callersThatDoNotPassAtOnceAreCountedByTheLimitTheyMet() throws Exception {
		AdmissionGate gate = new AdmissionGate(2, NanoClock.SYSTEM);
		Lane one = gate.lane(1, 0);
		Lane other = gate.lane(10, 10);
		one.enter(0);
		assertThat(one.enter(0)).isEqualTo(Admission.REFUSED);
		assertThat(one.waits()).isOne();
		assertThat(one.waitsForTotal()).isZero();
		other.enter(0);
		assertThat(other.waits()).isZero();
		assertThat(other.enter(0)).isEqualTo(Admission.EXPIRED);
		assertThat(other.waits()).isOne();
		assertThat(other.waitsForTotal()).isOne();
	}

	@Test
	void peakIsTheMostAtOnceSinceItWasTaken() throws Exception {
		Lane lane = new AdmissionGate(10, NanoClock.SYSTEM).lane(5, 0);
		assertThat(lane.takePeak()).isZero();
		lane.enter(0);
		lane.enter(0);
		lane.leave();
		lane.leave();
		lane.enter(0);
		assertThat(lane.takePeak()).isEqualTo(2);
		assertThat(lane.takePeak()).isOne();
		lane.leave();
		assertThat(lane.takePeak()).isZero();
	}

	@Test
	void peakOfThoseThatCameTogetherIsAllOfThem() throws Exception {
		Lane lane = new AdmissionGate(100, NanoClock.SYSTEM).lane(100, 0);
		for (int round = 0; round < 50; round++) {
			Together.run(8, (thread) -> lane::tryEnter);
			for (int i = 0; i < 8; i++) {
				lane.leave();
			}
			assertThat(lane.takePeak()).isEqualTo(8);
		}
	}

	@Test
	void firstComeIsFirstServed() throws Exception {
		Lane lane = new AdmissionGate(10, NanoClock.SYSTEM).lane(1, 100);
		lane.enter(0);
		Queue<Integer> order = new ConcurrentLinkedQueue<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			threads.add(start(() -> {
				lane.enter(LONG);
				order.add(number);
				lane.leave();
			}, lane, i + 1));
		}
		lane.leave();
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		assertThat(lane.active()).isZero();
	}

	@Test
	void interruptedWaiterLeavesAtOnceAndTakesNothing() throws Exception {
		Lane lane = new AdmissionGate(10, NanoClock.SYSTEM).lane(1, 10);
		lane.enter(0);
		AtomicInteger interrupted = new AtomicInteger();
		Thread waiting = start(() -> {
			try {
				lane.enter(LONG);
			}
			catch (InterruptedException ex) {
				interrupted.incrementAndGet();
			}
		}, lane, 1);
		waiting.interrupt();
		waiting.join();
		assertThat(interrupted).hasValue(1);
		assertThat(lane.pending()).isZero();
		lane.leave();
		assertThat(lane.active()).isZero();
		assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
	}

	@Test
	void waiterForRoomInTotalIsServedByAnotherUpstreamsLeave() throws Exception {
		AdmissionGate gate = new AdmissionGate(1, NanoClock.SYSTEM);
		Lane one = gate.lane(10, 10);
		Lane other = gate.lane(10, 10);
		one.enter(0);
		Thread waiting = start(() -> other.enter(LONG), other, 1);
		one.leave();
		waiting.join(TimeUnit.NANOSECONDS.toMillis(LONG));
		assertThat(other.active()).isOne();
		assertThat(gate.active()).isOne();
	}

	@Test
	void raisedLimitsAdmitWhoWaits() throws Exception {
		AdmissionGate gate = new AdmissionGate(1, NanoClock.SYSTEM);
		Lane lane = gate.lane(1, 10);
		lane.enter(0);
		Thread waiting = start(() -> lane.enter(LONG), lane, 1);
		lane.max(2);
		assertThat(lane.active()).isOne();
		gate.maxTotal(2);
		waiting.join(TimeUnit.NANOSECONDS.toMillis(LONG));
		assertThat(lane.active()).isEqualTo(2);
	}

	@Test
	void whoWaitsFailsAtOnceWhenTheGateIsClosedAndNobodyWaitsUntilItIsOpen() throws Exception {
		AdmissionGate gate = new AdmissionGate(10, NanoClock.SYSTEM);
		Lane lane = gate.lane(1, 10);
		lane.enter(0);
		Queue<Admission> admissions = new ConcurrentLinkedQueue<>();
		List<Thread> waiting = new ArrayList<>();
		for (int i = 1; i <= 3; i++) {
			waiting.add(start(() -> admissions.add(lane.enter(LONG)), lane, i));
		}
		gate.close();
		for (Thread thread : waiting) {
			thread.join();
		}
		assertThat(admissions).hasSize(3).containsOnly(Admission.CLOSED);
		assertThat(lane.pending()).isZero();
		assertThat(lane.enter(LONG)).isEqualTo(Admission.CLOSED);
		lane.leave();
		assertThat(lane.enter(LONG)).isEqualTo(Admission.ADMITTED);
		gate.open();
		Thread next = start(() -> admissions.add(lane.enter(LONG)), lane, 1);
		lane.leave();
		next.join();
		assertThat(admissions).hasSize(4).endsWith(Admission.ADMITTED);
		assertThat(lane.active()).isOne();
	}

	@RepeatedTest(5)
	void limitsHoldAndNothingIsLostUnderLoad() throws Exception {
		AdmissionGate gate = new AdmissionGate(5, NanoClock.SYSTEM);
		List<Lane> lanes = List.of(gate.lane(2, 1000), gate.lane(3, 1000), gate.lane(4, 1000));
		AtomicInteger tooMany = new AtomicInteger();
		AtomicInteger admitted = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(24);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 24; i++) {
			Lane lane = lanes.get(i % lanes.size());
			Thread thread = new Thread(() -> {
				for (int n = 0; n < 2000; n++) {
					long patience = ThreadLocalRandom.current().nextInt(4) * 50_000L;
					try {
						if (lane.enter((n % 10 == 0) ? LONG : patience) == Admission.ADMITTED) {
							admitted.incrementAndGet();
							if (lane.active() > lane.max() || gate.active() > gate.maxTotal()) {
								tooMany.incrementAndGet();
							}
							lane.leave();
						}
					}
					catch (InterruptedException ex) {
						// Another round
					}
				}
				done.countDown();
			});
			threads.add(thread);
			thread.start();
		}
		while (!done.await(1, TimeUnit.MILLISECONDS)) {
			threads.get(ThreadLocalRandom.current().nextInt(threads.size())).interrupt();
		}
		assertThat(tooMany).hasValue(0);
		assertThat(admitted.get()).isGreaterThan(4000);
		assertThat(gate.active()).isZero();
		assertThat(lanes).allSatisfy((lane) -> {
			assertThat(lane.active()).isZero();
			assertThat(lane.pending()).isZero();
			assertThat(lane.enter(0)).isEqualTo(Admission.ADMITTED);
		});
	}

	private static Thread start(Waiting waiting, Lane lane, int pendingThen) {
		Thread thread = new Thread(() -> {
			try {
				waiting.run();
			}
			catch (InterruptedException ex) {
				// The test wanted it
			}
		});
		thread.setDaemon(true);
		thread.start();
		Awaitility.await()
			.pollInterval(1, TimeUnit.MILLISECONDS)
			.until(() -> lane.pending() == pendingThen && thread.getState() == Thread.State.TIMED_WAITING);
		return thread;
	}

	private interface Waiting {

		void run() throws InterruptedException;

	}

}
