package com.example.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/**
 * Answers after some time. What comes while it stalls is never answered.
 */
final class Stall implements AutoCloseable {

	private final int latencyMillis;

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile boolean stalls;

	Stall(int latencyMillis) {
		this.latencyMillis = latencyMillis;
	}

	boolean answer(Request request, OutputStream out) throws IOException, InterruptedException {
		if (this.stalls) {
			this.closed.await();
			return false;
		}
		Thread.sleep(this.latencyMillis);
		return Responses.text(out, "fine");
	}

	void begin() {
		this.stalls = true;
	}

	void end() {
		this.stalls = false;
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
