package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connects to an upstream that failed since the last one that did not.
 */
public final class ConnectFailures {

	/**
	 * One failure may be one address, or one lost packet.
	 */
	static final int ENOUGH = 3;

	/**
	 * What is older says nothing: an application that is sent no requests, since it is
	 * down, would never find out that its upstream is back.
	 */
	static final long RECENT = TimeUnit.SECONDS.toNanos(60);

	private final AtomicInteger inARow = new AtomicInteger();

	private volatile long latest;

	/**
	 * A connect is over.
	 * @param success whether there is a connection
	 * @param now the monotonic clock
	 */
	public void connected(boolean success, long now) {
		if (success) {
			this.inARow.set(0);
		}
		else {
			this.latest = now;
			this.inARow.incrementAndGet();
		}
	}

	boolean areRecentAndEnough(long now) {
		return this.inARow.get() >= ENOUGH && now - this.latest < RECENT;
	}

}
