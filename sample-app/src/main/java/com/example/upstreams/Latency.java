package com.example.upstreams;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The time that a real upstream would take.
 */
final class Latency {

	private Latency() {
	}

	static void millis(int least, int most) {
		try {
			Thread.sleep(ThreadLocalRandom.current().nextInt(least, most + 1));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
