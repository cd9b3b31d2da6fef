package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * How many connections there are, or are about to be, of all clients together: what is
 * known without a look at each. Canaries do not count.
 */
public final class Sockets {

	private final AtomicInteger count = new AtomicInteger();

	private final @Nullable Sockets whole;

	Sockets(@Nullable Sockets whole) {
		this.whole = whole;
	}

	/**
	 * One is about to be.
	 */
	public void add() {
		this.count.incrementAndGet();
		if (this.whole != null) {
			this.whole.add();
		}
	}

	/**
	 * One is gone, or did not come about.
	 */
	public void remove() {
		this.count.decrementAndGet();
		if (this.whole != null) {
			this.whole.remove();
		}
	}

	int count() {
		return this.count.get();
	}

}
