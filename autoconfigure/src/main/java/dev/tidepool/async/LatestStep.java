package dev.tidepool.async;

import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * What has to be cancelled of something that is done step by step, by several threads.
 * The thread that began a step may say so when another one is at the next already.
 */
final class LatestStep implements Cancellable {

	private @Nullable Step step;

	private boolean over;

	/**
	 * A step has begun, to be cancelled from now on; at once, if all was meanwhile.
	 * @param step the step; if it has ended, the next one may have begun
	 */
	void begins(Step step) {
		boolean over;
		synchronized (this) {
			if (step.isOver()) {
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
	 * Cancel the step in progress, and each that follows.
	 */
	@Override
	public boolean cancel() {
		Step step;
		synchronized (this) {
			this.over = true;
			step = this.step;
		}
		return step != null && step.cancel();
	}

}
