package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The largest of some numbers since it was last asked for. Who notes a number that is no
 * larger only reads.
 */
final class Peak {

	private final AtomicInteger largest = new AtomicInteger();

	void note(int number) {
		if (number > this.largest.get()) {
			// Another one may have noted more meanwhile
			this.largest.accumulateAndGet(number, Math::max);
		}
	}

	/**
	 * Begin anew.
	 * @param now the number of this moment, noted or not
	 * @return the largest so far
	 */
	int take(int now) {
		return Math.max(this.largest.getAndSet(0), now);
	}

}
