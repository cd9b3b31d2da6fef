package dev.tidepool.async;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.hc.core5.concurrent.Cancellable;

/**
 * What has to be cancelled of something that is done step by step, by several threads.
 * The thread that began a step may say so when another one is at the next already.
 */
final class LatestStep implements Cancellable {

	private Cancellable step = () -> false;

	private boolean over;

	/**
	 * A step has begun, to be cancelled from now on; at once, if all was meanwhile.
	 * @param answered whether it has ended; then the next one may have begun
	 * @param step what cancels it
	 */
	void begins(AtomicBoolean answered, Cancellable step) {
		boolean over;
		synchronized (this) {
			if (answered.get()) {
				return;
			}
			this.step = step;
			over = this.over;
		}
		if (over) {
			step.cancel();
		}
	}

	/**
	 * Cancel the step in progress; another may follow.
	 */
	void ends() {
		step().cancel();
	}

	/**
	 * Cancel the step in progress, and each that follows.
	 */
	@Override
	public boolean cancel() {
		synchronized (this) {
			this.over = true;
		}
		return step().cancel();
	}

	private synchronized Cancellable step() {
		return this.step;
	}

}
