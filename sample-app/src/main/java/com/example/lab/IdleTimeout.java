package com.example.lab;

import java.time.Duration;

/**
 * When idle connections are closed.
 *
 * @param after idle for so long
 * @param onItsWay for how long the client cannot know, as the FIN is on its way; requests
 * that it sends meanwhile are answered with a reset
 */
record IdleTimeout(Duration after, Duration onItsWay) {

	Duration closesAfter() {
		return this.after.plus(this.onItsWay);
	}

	boolean isOver(long idleNanos) {
		return idleNanos >= this.after.toNanos();
	}

}
