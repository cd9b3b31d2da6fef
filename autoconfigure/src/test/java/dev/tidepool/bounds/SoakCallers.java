package dev.tidepool.bounds;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.client.ClientHttpResponse;

import dev.tidepool.testsupport.Interrupt;

/**
 * The threads that make the calls of a soak, and one that disturbs them.
 */
final class SoakCallers implements AutoCloseable {

	private static final int THREADS = 40;

	private static final Duration BOUND = Duration.ofSeconds(60);

	private static final Duration CLOSED_AFTER = Duration.ofMillis(5);

	private final long seed;

	private final List<SoakUpstream> upstreams;

	private final SoakClients clients;

	private final SoakServers servers;

	private final SoakTally tally;

	private final ExecutorService callers = Executors.newFixedThreadPool(THREADS, SoakCallers::thread);

	private final ScheduledThreadPoolExecutor others = new ScheduledThreadPoolExecutor(2, SoakCallers::thread);

	private final Phaser underWay = new Phaser(1);

	private final SoakCall.Responses responses = new SoakCall.Responses(this::closeLater, this::drop);

	SoakCallers(long seed, List<SoakUpstream> upstreams, SoakClients clients, SoakServers servers, SoakTally tally) {
		this.seed = seed;
		this.upstreams = upstreams;
		this.clients = clients;
		this.servers = servers;
		this.tally = tally;
		this.others.setRemoveOnCancelPolicy(true);
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "soak-caller");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Make calls, and wait for their ends.
	 * @param from number of the first
	 * @param to number after the last
	 */
	void make(int from, int to) throws Exception {
		AtomicInteger next = new AtomicInteger(from);
		// Dropped responses come back at a collection only
		Future<?> collections = this.others.scheduleWithFixedDelay(System::gc, 1, 1, TimeUnit.SECONDS);
		for (int i = 0; i < THREADS; i++) {
			this.underWay.register();
			this.callers.execute(() -> {
				try {
					for (int number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
						make(SoakPlan.of(this.seed, this.upstreams, number));
					}
				}
				finally {
					this.underWay.arriveAndDeregister();
				}
			});
		}
		int phase = this.underWay.arrive();
		for (int ended = -1; this.underWay.getPhase() == phase;) {
			if (ended == this.tally.ended()) {
				throw new AssertionError("No call has ended for %s, after %d".formatted(BOUND, ended));
			}
			ended = this.tally.ended();
			awaitPhase(phase);
		}
		collections.cancel(false);
	}

	private void awaitPhase(int phase) throws InterruptedException {
		try {
			this.underWay.awaitAdvanceInterruptibly(phase, BOUND.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			// Looked at by the caller
		}
	}

	private void make(SoakPlan plan) {
		switch (plan.disturbance()) {
			case NONE -> end(plan, System.nanoTime(), call(plan), false);
			case INTERRUPTED_BEFORE -> {
				Thread.currentThread().interrupt();
				end(plan, System.nanoTime(), call(plan), true);
			}
			case INTERRUPTED -> {
				Interrupt interrupt = new Interrupt(Thread.currentThread());
				Future<?> delivery = this.others.schedule(interrupt::deliver, plan.disturbedAfter().toNanos(),
						TimeUnit.NANOSECONDS);
				long start = System.nanoTime();
				Object result = call(plan);
				boolean delivered = interrupt.isOver();
				delivery.cancel(false);
				end(plan, start, result, delivered);
			}
			case CANCELLED -> cancelled(plan);
		}
	}

	private void cancelled(SoakPlan plan) {
		Object[] result = { SoakOutcome.NOT_STARTED };
		FutureTask<Void> task = new FutureTask<>(() -> {
			result[0] = call(plan);
			return null;
		});
		Future<?> cancellation = this.others.schedule(() -> task.cancel(true), plan.disturbedAfter().toNanos(),
				TimeUnit.NANOSECONDS);
		long start = System.nanoTime();
		task.run();
		cancellation.cancel(false);
		// A future that was cancelled before it began does not interrupt
		boolean started = result[0] != SoakOutcome.NOT_STARTED;
		end(plan, start, result[0], started ? task.isCancelled() : Thread.currentThread().isInterrupted());
	}

	private Object call(SoakPlan plan) {
		try {
			return new SoakCall(plan, this.responses).make(this.clients.get(plan.client()),
					this.servers.of(plan.upstream()).url());
		}
		catch (Throwable ex) {
			return ex;
		}
	}

	private void end(SoakPlan plan, long start, Object result, boolean interrupted) {
		long elapsed = System.nanoTime() - start;
		boolean flag = Thread.interrupted();
		this.tally.ended(plan, result, Duration.ofNanos(elapsed));
		if (flag != interrupted) {
			this.tally.violation(
					"The interrupt was %s in %s: %s".formatted(interrupted ? "swallowed" : "invented", plan, result));
		}
	}

	private void closeLater(ClientHttpResponse response) {
		this.underWay.register();
		this.others.schedule(() -> {
			try {
				response.close();
			}
			catch (Throwable ex) {
				this.tally.violation("Closing a response failed", ex);
			}
			finally {
				this.underWay.arriveAndDeregister();
			}
		}, CLOSED_AFTER.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void drop(ClientHttpResponse response) {
		this.tally.dropped();
	}

	@Override
	public void close() {
		this.callers.shutdownNow();
		this.others.shutdownNow();
	}

}
