package com.example.lab;

import java.time.Duration;

/**
 * When idle connections are closed.
 *
 * @param after idle for so long
 * @param unseen for how long a client does not see it: as the FIN is on its way, so that
 * requests that it sends meanwhile are answered with a reset, or as it does not look
 */
record IdleTimeout(Duration after, Duration unseen) {

	Duration seenAfter() {
		return this.after.plus(this.unseen);
	}

	boolean isOver(long idleNanos) {
		return idleNanos >= this.after.toNanos();
	}

}
