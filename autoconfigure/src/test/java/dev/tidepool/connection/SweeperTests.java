package dev.tidepool.connection;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sweeper, on a clock of the test's own. The clock does not wake the thread, but
 * {@link #settle()} does.
 */
@ExtendWith(OutputCaptureExtension.class)
class SweeperTests {

	private static final long START = 1000;

	private final ManualClock clock = new ManualClock(START);

	private final BlockingQueue<Long> sweeps = new LinkedBlockingQueue<>();

	private volatile Sweeper.Sweep whatToDo = (now) -> Sweeper.MAX_PAUSE;

	private final Sweeper sweeper = new Sweeper(this.clock);

	private long sweep(long now) {
		this.sweeps.add(now);
		return this.whatToDo.sweep(now);
	}

	@AfterEach
	void endThread() {
		this.sweeper.close();
	}

	@Test
	void sweepsAfterThePauseAndNotBefore() throws Exception {
		this.sweeper.start(this::sweep);
		assertSweepsAt();
		this.clock.advance(Sweeper.MAX_PAUSE - 1);
		assertSweepsAt();
		this.clock.advance(1);
		assertSweepsAt(START + Sweeper.MAX_PAUSE);
		this.clock.advance(Sweeper.MAX_PAUSE - 1);
		assertSweepsAt();
		this.clock.advance(1);
		assertSweepsAt(START + 2 * Sweeper.MAX_PAUSE);
	}

	@Test
	void sweepsAgainWhenTheSweepSaidSomethingWillHaveAged() throws Exception {
		this.whatToDo = (now) -> 100;
		this.sweeper.start(this::sweep);
		this.clock.advance(Sweeper.MAX_PAUSE);
		assertSweepsAt(this.clock.nanoTime());
		this.clock.advance(99);
		assertSweepsAt();
		this.clock.advance(1);
		assertSweepsAt(this.clock.nanoTime());
	}

	@Test
	void pauseIsNeverLongerThanTheLongest() throws Exception {
		this.whatToDo = (now) -> Long.MAX_VALUE;
		this.sweeper.start(this::sweep);
		for (int i = 0; i < 3; i++) {
			this.clock.advance(Sweeper.MAX_PAUSE);
			assertSweepsAt(this.clock.nanoTime());
		}
	}

	@Test
	void sweepByMakesItRunEarlier() throws Exception {
		this.sweeper.start(this::sweep);
		this.sweeper.sweepBy(START + 500);
		this.sweeper.sweepBy(START + 900);
		this.clock.advance(499);
		assertSweepsAt();
		this.clock.advance(1);
		assertSweepsAt(START + 500);
		this.clock.advance(400);
		assertSweepsAt();
	}

	@Test
	void sweepByTheDueTimeWakesTheThread() throws Exception {
		this.sweeper.start(this::sweep);
		fallAsleep();
		this.sweeper.sweepBy(START);
		assertThat(this.sweeps.poll(10, TimeUnit.SECONDS)).isEqualTo(START);
		fallAsleep();
		this.sweeper.sweepBy(START - 1);
		assertThat(this.sweeps.poll(10, TimeUnit.SECONDS)).isEqualTo(START);
	}

	@Test
	void sweepByBeforeTheStartIsNotLost() throws Exception {
		this.sweeper.sweepBy(START);
		this.sweeper.start(this::sweep);
		assertThat(this.sweeps.poll(10, TimeUnit.SECONDS)).isEqualTo(START);
	}

	@Test
	void connectionThatComesBackDuringASweepIsNotForgotten() throws Exception {
		this.whatToDo = (now) -> {
			this.sweeper.sweepBy(now + 50);
			return Sweeper.MAX_PAUSE;
		};
		this.sweeper.start(this::sweep);
		this.clock.advance(Sweeper.MAX_PAUSE);
		assertSweepsAt(this.clock.nanoTime());
		this.clock.advance(49);
		assertSweepsAt();
		this.clock.advance(1);
		assertSweepsAt(this.clock.nanoTime());
	}

	@Test
	void earliestTimeOfManyCallersCounts() throws Exception {
		this.sweeper.start(this::sweep);
		for (int round = 0; round < 50; round++) {
			long now = this.clock.nanoTime();
			Together.run(4, (thread) -> () -> {
				for (int i = 9; i >= 0; i--) {
					this.sweeper.sweepBy(now + 100 + thread * 10 + i);
				}
				return null;
			});
			this.clock.advance(99);
			assertSweepsAt();
			this.clock.advance(1);
			assertSweepsAt(now + 100);
		}
	}

	@ParameterizedTest
	@FaultCase(value = 8, over = { Transport.PLAIN, Transport.TLS },
			through = { Client.REST_CLIENT, Client.WEB_CLIENT })
	@MethodSource("failures")
	void sweepsOnWhateverASweepThrows(Throwable failure, CapturedOutput output) throws Exception {
		AtomicReference<Thread> thread = new AtomicReference<>();
		this.whatToDo = (now) -> {
			thread.compareAndSet(null, Thread.currentThread());
			throw SweeperTests.<RuntimeException>sneaky(failure);
		};
		this.sweeper.start(this::sweep);
		for (int i = 0; i < 3; i++) {
			this.clock.advance(Sweeper.MAX_PAUSE);
			assertSweepsAt(this.clock.nanoTime());
		}
		this.clock.advance(Sweeper.MAX_PAUSE - 1);
		assertSweepsAt();
		AtomicReference<Thread> laterThread = new AtomicReference<>();
		this.whatToDo = (now) -> {
			laterThread.set(Thread.currentThread());
			return Sweeper.MAX_PAUSE;
		};
		this.clock.advance(1);
		assertSweepsAt(this.clock.nanoTime());
		assertThat(laterThread.get()).isSameAs(thread.get());
		assertThat(output).contains("A sweep for aged connections failed").contains(failure.getClass().getName());
	}

	@ParameterizedTest
	@MethodSource("failures")
	void sweepsOnWhateverAClosingThrows(Throwable failure) throws Exception {
		this.sweeper.start(this::sweep);
		this.sweeper.close(() -> {
			throw SweeperTests.<RuntimeException>sneaky(failure);
		});
		settle();
		this.clock.advance(Sweeper.MAX_PAUSE);
		assertSweepsAt(this.clock.nanoTime());
	}

	static Stream<Throwable> failures() {
		return Stream.of(new IllegalStateException("on purpose"), new IOException("on purpose"),
				new AssertionError("on purpose"), new StackOverflowError("on purpose"),
				new OutOfMemoryError("on purpose"), new NoClassDefFoundError("on purpose"),
				new InterruptedException("on purpose"));
	}

	@Test
	void interruptThatASweepOrAClosingLeavesDoesNotStay() throws Exception {
		// It would end each wait at once, and each channel that is closed in order
		Queue<Boolean> interrupted = new ConcurrentLinkedQueue<>();
		this.whatToDo = (now) -> {
			interrupted.add(Thread.currentThread().isInterrupted());
			Thread.currentThread().interrupt();
			return Sweeper.MAX_PAUSE;
		};
		this.sweeper.start(this::sweep);
		for (int i = 0; i < 3; i++) {
			this.sweeper.close(() -> {
				interrupted.add(Thread.currentThread().isInterrupted());
				Thread.currentThread().interrupt();
			});
			this.clock.advance(Sweeper.MAX_PAUSE);
			assertSweepsAt(this.clock.nanoTime());
		}
		assertThat(interrupted).hasSize(6).containsOnly(false);
	}

	@Test
	void closingsRunInTheirOrderOnTheDaemonThread() throws Exception {
		this.sweeper.start(this::sweep);
		Queue<Integer> order = new ConcurrentLinkedQueue<>();
		Queue<Thread> threads = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 5; i++) {
			int number = i;
			this.sweeper.close(() -> {
				order.add(number);
				threads.add(Thread.currentThread());
			});
		}
		settle();
		assertThat(order).containsExactly(0, 1, 2, 3, 4);
		assertThat(threads).containsOnly(sweeperThread()).allMatch(Thread::isDaemon);
		assertThat(threads).extracting(Thread::getName).containsOnly("tidepool-sweeper");
		assertThat(this.sweeps).isEmpty();
	}

	@Test
	void closingsThatASweepAsksForRunSoonAfter() throws Exception {
		AtomicBoolean inSweep = new AtomicBoolean();
		CountDownLatch closed = new CountDownLatch(1);
		this.whatToDo = (now) -> {
			inSweep.set(true);
			this.sweeper.close(() -> {
				assertThat(inSweep).isFalse();
				closed.countDown();
			});
			inSweep.set(false);
			return Sweeper.MAX_PAUSE;
		};
		this.sweeper.start(this::sweep);
		this.sweeper.sweepBy(START);
		assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void closeRunsWhatIsStillToBeClosedAndEndsTheThread() throws Exception {
		this.sweeper.start(this::sweep);
		Thread thread = sweeperThread();
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.sweeper.close(() -> {
			busy.countDown();
			awaitQuietly(goOn);
		});
		assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
		AtomicInteger closed = new AtomicInteger();
		for (int i = 0; i < 10; i++) {
			this.sweeper.close(() -> {
				closed.incrementAndGet();
				throw new IllegalStateException("on purpose");
			});
		}
		Thread closer = new Thread(this.sweeper::close, "closer");
		closer.start();
		Awaitility.await().until(closer::getState, (state) -> state == Thread.State.TIMED_WAITING);
		assertThat(closed).hasValue(0);
		// Whatever would be the next pause: it must not be waited for
		this.clock.advance(-TimeUnit.MINUTES.toNanos(1));
		goOn.countDown();
		closer.join(TimeUnit.SECONDS.toMillis(10));
		assertThat(closer.isAlive()).isFalse();
		assertThat(closed).hasValue(10);
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void closingWakesTheThread() throws Exception {
		this.sweeper.start(this::sweep);
		fallAsleep();
		CountDownLatch closed = new CountDownLatch(1);
		this.sweeper.close(closed::countDown);
		assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void closeWakesTheThreadAndItSweepsNoMore() throws Exception {
		this.sweeper.start(this::sweep);
		Thread thread = sweeperThread();
		fallAsleep();
		this.sweeper.close();
		assertThat(thread.isAlive()).isFalse();
		this.clock.advance(10 * Sweeper.MAX_PAUSE);
		this.sweeper.sweepBy(START);
		assertThat(this.sweeps).isEmpty();
	}

	@Test
	void secondCloseIsHarmless() throws Exception {
		this.sweeper.start(this::sweep);
		Thread thread = sweeperThread();
		AtomicInteger closed = new AtomicInteger();
		this.sweeper.close(closed::incrementAndGet);
		this.sweeper.close();
		this.sweeper.close();
		assertThat(closed).hasValue(1);
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void closeWithoutStartRunsTheClosings() {
		AtomicInteger closed = new AtomicInteger();
		this.sweeper.close(closed::incrementAndGet);
		this.sweeper.close();
		assertThat(closed).hasValue(1);
	}

	@Test
	void closingAfterCloseRunsAtOnce() {
		this.sweeper.start(this::sweep);
		this.sweeper.close();
		AtomicReference<Thread> ranOn = new AtomicReference<>();
		this.sweeper.close(() -> ranOn.set(Thread.currentThread()));
		assertThat(ranOn.get()).isSameAs(Thread.currentThread());
	}

	@Test
	void interruptedCloseKeepsTheFlagAndStillRunsTheClosings() throws Exception {
		this.sweeper.start(this::sweep);
		Thread thread = sweeperThread();
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.sweeper.close(() -> {
			busy.countDown();
			awaitQuietly(goOn);
		});
		assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
		AtomicInteger closed = new AtomicInteger();
		this.sweeper.close(closed::incrementAndGet);
		Thread.currentThread().interrupt();
		this.sweeper.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(closed).hasValue(1);
		goOn.countDown();
		thread.join(TimeUnit.SECONDS.toMillis(10));
		assertThat(thread.isAlive()).isFalse();
	}

	@Test
	void noClosingIsLostOrRunTwiceWhenItMeetsTheClose() throws Exception {
		for (int round = 0; round < 100; round++) {
			Sweeper shared = new Sweeper(this.clock);
			shared.start((now) -> Sweeper.MAX_PAUSE);
			List<AtomicInteger> closed = new ArrayList<>();
			for (int i = 0; i < 3 * 20; i++) {
				closed.add(new AtomicInteger());
			}
			Together.run(4, (thread) -> () -> {
				if (thread == 3) {
					shared.close();
				}
				else {
					closed.subList(thread * 20, (thread + 1) * 20)
						.forEach((counter) -> shared.close(counter::incrementAndGet));
				}
				return null;
			});
			assertThat(closed).allMatch((counter) -> counter.get() == 1);
		}
	}

	/**
	 * Make sure that the thread has looked at the clock since now, and has swept if it
	 * was time to: it reads the clock after the first closing, and comes to the second
	 * one only when it is done with what follows from that.
	 */
	private void settle() throws InterruptedException {
		AtomicInteger reads = new AtomicInteger();
		awaitClosing(() -> reads.set(this.clock.reads()));
		assertThat(this.clock.awaitReadAfter(reads.get())).as("the sweeper lives").isTrue();
		awaitClosing(() -> {
		});
	}

	/**
	 * Have the thread sleep for so long that only a wake-up ends it within the test.
	 */
	private void fallAsleep() throws InterruptedException {
		long nap = TimeUnit.MINUTES.toNanos(1);
		this.clock.advance(-nap);
		settle();
		Thread thread = sweeperThread();
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.until(() -> LockSupport.getBlocker(thread) == this.sweeper
					&& thread.getState() == Thread.State.TIMED_WAITING);
		this.clock.advance(nap);
	}

	private void awaitClosing(Runnable closing) throws InterruptedException {
		CountDownLatch closed = new CountDownLatch(1);
		this.sweeper.close(() -> {
			closing.run();
			closed.countDown();
		});
		assertThat(closed.await(10, TimeUnit.SECONDS)).as("the sweeper lives").isTrue();
	}

	private void assertSweepsAt(Long... times) throws InterruptedException {
		settle();
		List<Long> swept = new ArrayList<>();
		this.sweeps.drainTo(swept);
		assertThat(swept).containsExactly(times);
	}

	private Thread sweeperThread() throws InterruptedException {
		AtomicReference<Thread> thread = new AtomicReference<>();
		awaitClosing(() -> thread.set(Thread.currentThread()));
		return thread.get();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> T sneaky(Throwable failure) throws T {
		throw (T) failure;
	}

}
