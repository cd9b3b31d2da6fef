package com.example.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits for what happens soon.
 */
final class Await {

	private static final long LOOKS_EVERY_MILLIS = 5;

	private Await() {
	}

	/**
	 * Wait until something is so, or the time is over.
	 * @return whether it is so
	 */
	static boolean until(BooleanSupplier condition, Duration atMost) throws InterruptedException {
		long end = System.nanoTime() + atMost.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - end >= 0) {
				return false;
			}
			Thread.sleep(LOOKS_EVERY_MILLIS);
		}
		return true;
	}

}
