package dev.tidepool.async;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.DeadlineWatch;

/**
 * A step of making a connection, in which several threads take part. It ends once: as it
 * should, too late, or cancelled.
 */
abstract class Step implements Cancellable {

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile @Nullable Alarm alarm;

	/**
	 * Bound the step.
	 * @param nanos the longest that it may take
	 * @param deadlines what watches over that
	 * @param late run if it was too long, and the step has ended by it
	 */
	final void endsWithin(long nanos, DeadlineWatch deadlines, Runnable late) {
		this.alarm = deadlines.after(nanos, () -> {
			if (ends()) {
				late.run();
			}
		});
	}

	/**
	 * End the step.
	 * @return whether it had not ended: whoever ends it tells, nobody else
	 */
	final boolean ends() {
		boolean first = this.over.compareAndSet(false, true);
		Alarm alarm = this.alarm;
		if (first && alarm != null) {
			alarm.cancel();
		}
		return first;
	}

	final boolean isOver() {
		return this.over.get();
	}

}
