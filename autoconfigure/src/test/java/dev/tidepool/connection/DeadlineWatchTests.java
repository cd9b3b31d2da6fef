package dev.tidepool.connection;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineWatchTests {

	private static final long LONG = TimeUnit.MINUTES.toNanos(10);

	private final DeadlineWatch watch = new DeadlineWatch(NanoClock.SYSTEM);

	@BeforeEach
	void start() {
		this.watch.start();
	}

	@AfterEach
	void close() {
		this.watch.close();
	}

	@Test
	void taskIsDoneOnTheThreadOfTheWatchNotBeforeItsTime() throws Exception {
		long pause = TimeUnit.MILLISECONDS.toNanos(20);
		CompletableFuture<String> thread = new CompletableFuture<>();
		CompletableFuture<Long> time = new CompletableFuture<>();
		long start = System.nanoTime();
		this.watch.after(pause, () -> {
			time.complete(System.nanoTime());
			thread.complete(Thread.currentThread().getName());
		});
		assertThat(thread.get(30, TimeUnit.SECONDS)).isEqualTo("tidepool-deadlines");
		assertThat(time.get() - start).isGreaterThanOrEqualTo(pause);
	}

	@Test
	void tasksAreDoneInTheOrderOfTheirTimesAndCancelledOnesNever() {
		Queue<Integer> done = new ConcurrentLinkedQueue<>();
		Alarm cancelled = this.watch.after(TimeUnit.MILLISECONDS.toNanos(500), () -> done.add(0));
		this.watch.after(TimeUnit.MILLISECONDS.toNanos(600), () -> done.add(2));
		this.watch.after(0, () -> done.add(1));
		assertThat(cancelled.cancel()).isTrue();
		Awaitility.await().until(() -> done.size() == 2);
		assertThat(done).containsExactly(1, 2);
	}

	@Test
	void taskThatFailsLosesNothing() throws Exception {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		this.watch.after(0, () -> {
			throw new AssertionError("broken");
		});
		this.watch.after(TimeUnit.MILLISECONDS.toNanos(1), () -> done.complete(true));
		assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void taskMayAskForTheNext() throws Exception {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		this.watch.after(0, () -> this.watch.after(0, () -> done.complete(true)));
		assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whatIsPendingIsDoneWhenTheWatchIsClosedAndWhatComesLaterAtOnce() {
		Queue<String> done = new ConcurrentLinkedQueue<>();
		this.watch.after(LONG, () -> done.add("pending"));
		this.watch.after(Long.MAX_VALUE, () -> done.add("never due"));
		assertThat(done).isEmpty();
		this.watch.close();
		assertThat(done).containsExactly("pending", "never due");
		Alarm late = this.watch.after(LONG, () -> done.add("late"));
		assertThat(done).endsWith("late").hasSize(3);
		assertThat(late.cancel()).isFalse();
	}

	@Test
	void nothingIsLostWhenTheWatchIsClosedMeanwhile() throws Exception {
		AtomicInteger done = new AtomicInteger();
		List<Object> results = Together.run(4, (number) -> () -> {
			for (int i = 0; i < 1000; i++) {
				this.watch.after(LONG, done::incrementAndGet);
			}
			if (number == 0) {
				this.watch.close();
			}
			return number;
		});
		assertThat(results).hasSize(4);
		Awaitility.await().until(() -> done.get() == 4000);
	}

	@Test
	void waitsForConnectionsEndBesideTheTasks() throws Exception {
		CompletableFuture<Boolean> aborted = new CompletableFuture<>();
		PhaseDeadline deadline = this.watch.watch(() -> aborted.complete(true));
		this.watch.after(LONG, () -> {
		});
		deadline.starts(PhaseDeadline.Phase.CONNECT, 1_000_000, new CallDeadline(System.nanoTime(), null, "none"));
		assertThat(aborted.get(30, TimeUnit.SECONDS)).isTrue();
		assertThat(deadline.isExpired()).isTrue();
	}

}
