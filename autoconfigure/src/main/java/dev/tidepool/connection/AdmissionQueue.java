package dev.tidepool.connection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.AdmissionGate.Lane;

/**
 * Those that wait at the gate, in a line for each upstream, under one lock. Who holds the
 * lock answers; callbacks are told when it is released. The lock is never taken twice by
 * one thread.
 */
final class AdmissionQueue {

	private final AdmissionGate gate;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * The lines whose first waiter found room at its upstream but not in total, the one
	 * that waits longest first. Guarded by the lock.
	 */
	private final Deque<Line> waitingForTotal = new ArrayDeque<>();

	// Guarded by the lock
	private final Set<Waiter> waiters = new HashSet<>();

	// Guarded by the lock: the callbacks that were answered since it was taken
	private @Nullable Deque<Waiter.Callback> answered;

	private boolean closed;

	private volatile int linesWaitingForTotal;

	AdmissionQueue(AdmissionGate gate) {
		this.gate = gate;
	}

	/**
	 * Whether somebody waits who would have passed but for the total.
	 * @return whether a line waits for it
	 */
	boolean isWaitingForTotal() {
		return this.linesWaitingForTotal > 0;
	}

	/**
	 * Have one wait, unless too many do. It may have its answer already when this
	 * returns.
	 * @param waiter the last in its line
	 * @return whether it waits, or did
	 */
	boolean add(Waiter waiter) {
		this.lock.lock();
		try {
			// Here, so that who is counted is in the line
			if (!waiter.lane().countPending()) {
				return false;
			}
			Line line = waiter.lane().line();
			this.waiters.add(waiter);
			line.waiters.add(waiter);
			if (this.closed) {
				answer(waiter, Admission.CLOSED);
			}
			else {
				admit(line);
			}
			return true;
		}
		finally {
			unlockAndTell();
		}
	}

	/**
	 * No longer wait.
	 * @param waiter gets no other answer
	 * @return whether it still waited
	 */
	boolean remove(Waiter waiter) {
		this.lock.lock();
		try {
			if (waiter.answer() != null) {
				return false;
			}
			end(waiter);
			waiter.answer(Admission.EXPIRED);
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let those pass that there is room for.
	 * @param line at whose upstream there may be room, or null for room in total only
	 */
	void admitWaiting(@Nullable Line line) {
		this.lock.lock();
		try {
			for (int lines = this.waitingForTotal.size(); lines > 0 && this.gate.hasRoom(); lines--) {
				Line next = this.waitingForTotal.remove();
				next.queuedForTotal = false;
				admit(next);
			}
			this.linesWaitingForTotal = this.waitingForTotal.size();
			if (line != null) {
				admit(line);
			}
		}
		finally {
			unlockAndTell();
		}
	}

	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			for (Waiter waiter : List.copyOf(this.waiters)) {
				answer(waiter, Admission.CLOSED);
			}
		}
		finally {
			unlockAndTell();
		}
	}

	void open() {
		this.lock.lock();
		this.closed = false;
		this.lock.unlock();
	}

	private void admit(Line line) {
		while (!line.waiters.isEmpty()) {
			if (!line.lane.tryPass()) {
				waitForTotal(line);
				// What became free meanwhile was not seen by who freed it
				if (!line.lane.tryPass()) {
					return;
				}
			}
			answer(line.waiters.iterator().next(), Admission.ADMITTED);
		}
	}

	private void waitForTotal(Line line) {
		if (!line.queuedForTotal && line.lane.hasRoom()) {
			line.queuedForTotal = true;
			this.waitingForTotal.add(line);
			this.linesWaitingForTotal = this.waitingForTotal.size();
		}
	}

	private void answer(Waiter waiter, Admission answer) {
		end(waiter);
		waiter.answer(answer);
		if (waiter instanceof Waiter.Parked parked) {
			parked.unpark();
		}
		else if (waiter instanceof Waiter.Callback callback) {
			if (this.answered == null) {
				this.answered = new ArrayDeque<>();
			}
			this.answered.add(callback);
		}
	}

	private void end(Waiter waiter) {
		Line line = waiter.lane().line();
		this.waiters.remove(waiter);
		line.waiters.remove(waiter);
		line.pending.decrementAndGet();
	}

	private void unlockAndTell() {
		Deque<Waiter.Callback> answered = this.answered;
		this.answered = null;
		this.lock.unlock();
		if (answered != null) {
			Telling.tell(answered);
		}
	}

	/**
	 * Those that wait for one upstream, first come first.
	 */
	static final class Line {

		private final Lane lane;

		private final AtomicInteger pending;

		// Guarded by the lock, as all the rest; who gives up leaves from the middle
		private final Set<Waiter> waiters = new LinkedHashSet<>();

		private boolean queuedForTotal;

		Line(Lane lane, AtomicInteger pending) {
			this.lane = lane;
			this.pending = pending;
		}

	}

}
