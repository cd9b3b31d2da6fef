package dev.tidepool.connection;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;

/**
 * One that waits at the gate: a thread that is parked, or a callback.
 */
abstract sealed class Waiter {

	private final Lane lane;

	private volatile @Nullable Admission answer;

	private Waiter(Lane lane) {
		this.lane = lane;
	}

	Lane lane() {
		return this.lane;
	}

	/**
	 * How the wait ended.
	 * @return the answer, null while there is none
	 */
	@Nullable Admission answer() {
		return this.answer;
	}

	/**
	 * Say how the wait ended, once. Guarded by the lock of the queue.
	 * @param answer how it ended
	 */
	void answer(Admission answer) {
		this.answer = answer;
	}

	/**
	 * A thread.
	 */
	static final class Parked extends Waiter {

		private final Thread thread = Thread.currentThread();

		Parked(Lane lane) {
			super(lane);
		}

		/**
		 * Wait for the answer.
		 * @param nanos the longest wait
		 * @param clock the monotonic clock
		 * @return the answer, null if there was none in time
		 * @throws InterruptedException if there was none when the thread was interrupted
		 */
		@Nullable Admission await(long nanos, NanoClock clock) throws InterruptedException {
			long deadline = clock.nanoTime() + nanos;
			for (long left = nanos; answer() == null; left = deadline - clock.nanoTime()) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				if (left <= 0) {
					return null;
				}
				LockSupport.parkNanos(lane(), left);
			}
			return answer();
		}

		void unpark() {
			LockSupport.unpark(this.thread);
		}

	}

	/**
	 * A callback, told by whoever answers.
	 */
	static final class Callback extends Waiter implements AdmissionGate.Pending {

		private final Consumer<Admission> told;

		Callback(Lane lane, Consumer<Admission> told) {
			super(lane);
			this.told = told;
		}

		void tell() {
			Admission answer = answer();
			if (answer != null) {
				this.told.accept(answer);
			}
		}

		@Override
		public boolean expire() {
			return lane().expire(this);
		}

		@Override
		public boolean cancel() {
			return lane().giveUp(this);
		}

	}

}
