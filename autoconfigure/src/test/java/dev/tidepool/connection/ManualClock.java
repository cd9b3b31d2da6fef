package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;

/**
 * A clock that stands still until it is told, and knows how often it was read.
 */
final class ManualClock implements NanoClock {

	private long now;

	private int reads;

	ManualClock(long start) {
		this.now = start;
	}

	@Override
	public synchronized long nanoTime() {
		this.reads++;
		notifyAll();
		return this.now;
	}

	synchronized void advance(long nanos) {
		this.now += nanos;
	}

	synchronized int reads() {
		return this.reads;
	}

	/**
	 * Wait until the clock has been read again.
	 * @param reads how often it was read before
	 * @return whether it was within ten seconds
	 * @throws InterruptedException if the wait is interrupted
	 */
	synchronized boolean awaitReadAfter(int reads) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
		while (this.reads <= reads) {
			long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
			if (left <= 0) {
				return false;
			}
			wait(left);
		}
		return true;
	}

}
