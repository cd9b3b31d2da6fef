package dev.tidepool.benchmarks;

import java.util.concurrent.locks.LockSupport;

/**
 * A thread that only wakes up each millisecond: what it is late by, the JVM or the
 * machine stood still, whatever is measured beside it.
 */
final class Hiccups implements AutoCloseable {

	private static final long PAUSE = 1_000_000;

	private final Thread thread = new Thread(this::run, "hiccups");

	private volatile long greatest;

	private volatile boolean stopped;

	Hiccups() {
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void run() {
		while (!this.stopped) {
			long start = System.nanoTime();
			LockSupport.parkNanos(PAUSE);
			this.greatest = Math.max(this.greatest, System.nanoTime() - start - PAUSE);
		}
	}

	/**
	 * The longest that it was late.
	 * @return nanoseconds
	 */
	long greatest() {
		return this.greatest;
	}

	@Override
	public void close() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

}
