package dev.tidepool.async;

import java.util.function.Consumer;

import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;
import dev.tidepool.connection.AdmissionGate.Pending;
import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.DeadlineWatch;

/**
 * A wait at the gate that blocks no thread, and takes no longer than it may.
 */
final class GateWait implements Cancellable {

	private final Consumer<Admission> told;

	private volatile @Nullable Pending pending;

	private volatile @Nullable Alarm alarm;

	private volatile boolean over;

	/**
	 * Create a wait.
	 * @param told told how it ended, once, unless it is cancelled before
	 */
	GateWait(Consumer<Admission> told) {
		this.told = told;
	}

	/**
	 * Begin to wait.
	 * @param lane for what
	 * @param nanos for how long
	 * @param deadlines what watches over that
	 */
	void start(Lane lane, long nanos, DeadlineWatch deadlines) {
		Pending pending = lane.enter(this::answered);
		this.pending = pending;
		if (this.over) {
			return;
		}
		this.alarm = deadlines.after(nanos, () -> {
			if (pending.expire()) {
				this.told.accept(Admission.EXPIRED);
			}
		});
		// Ended meanwhile, when there was no alarm to cancel yet
		if (this.over) {
			ends();
		}
	}

	private void answered(Admission admission) {
		ends();
		this.told.accept(admission);
	}

	private void ends() {
		this.over = true;
		Alarm alarm = this.alarm;
		if (alarm != null) {
			alarm.cancel();
		}
	}

	/**
	 * Wait no longer.
	 * @return whether nobody is told how it ended
	 */
	@Override
	public boolean cancel() {
		Pending pending = this.pending;
		if (pending == null || !pending.cancel()) {
			return false;
		}
		ends();
		return true;
	}

}
