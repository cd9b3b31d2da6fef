package dev.tidepool.soak;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes calls at a constant rate, however long each takes, half of them with RestClient
 * and half with WebClient.
 */
final class MixedCalls implements AutoCloseable {

	private static final int THREADS = 64;

	private static final int MAX_IN_MEMORY = 2 * 1024 * 1024;

	private final MixedSoak soak;

	private final MixedTally tally;

	private final ExecutorService callers = Executors.newFixedThreadPool(THREADS, MixedCalls::thread);

	private final ScheduledExecutorService others = Executors.newScheduledThreadPool(2, MixedCalls::thread);

	private final BlockingCalls blocking;

	private final ReactiveCalls reactive;

	private int next;

	MixedCalls(MixedSoak soak, ApplicationContext context, MixedServers servers, MixedTally tally) {
		this.soak = soak;
		this.tally = tally;
		this.blocking = new BlockingCalls(context.getBean(RestClient.Builder.class).build(), servers, tally,
				this.others);
		this.reactive = new ReactiveCalls(context.getBean(WebClient.Builder.class)
			.codecs((codecs) -> codecs.defaultCodecs().maxInMemorySize(MAX_IN_MEMORY))
			.build(), servers, tally, this.others);
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "mixed-caller");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Make calls until the time is over or too much is wrong, and wait for their ends.
	 * @param duration for how long
	 */
	void make(Duration duration) {
		long start = System.nanoTime();
		long pause = TimeUnit.SECONDS.toNanos(1) / this.soak.rate();
		long calls = duration.toNanos() / pause;
		for (long made = 0; made < calls && !this.tally.hasSeenEnough(); made++) {
			for (long left = due(start, pause, made); left > 0; left = due(start, pause, made)) {
				LockSupport.parkNanos(left);
			}
			make(MixedPlan.of(this.soak.seed(), this.next++));
			if (made % this.soak.rate() == 0) {
				this.tally.checkUnderWay();
			}
		}
		// Also those that wait for a thread
		Awaitility.await()
			.atMost(MixedTally.LONGEST)
			.until(() -> this.tally.started() == this.next && this.tally.underWay() == 0);
	}

	private static long due(long start, long pause, long made) {
		return start + made * pause - System.nanoTime();
	}

	private void make(MixedPlan plan) {
		if (plan.reactive()) {
			this.reactive.make(plan);
		}
		else {
			this.callers.execute(() -> this.blocking.make(plan));
		}
	}

	@Override
	public void close() {
		this.callers.shutdownNow();
		this.others.shutdownNow();
	}

}
