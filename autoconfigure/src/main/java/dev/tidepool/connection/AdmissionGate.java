package dev.tidepool.connection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who may use a connection: so many for each upstream, and in total. Stands in front of
 * the client's own pool, which scans all its waiters at each release, so that it never
 * has any: a saturated upstream costs the others nothing. Where there is room a caller
 * passes with two compare-and-sets; the lock is for those that wait and those that let
 * them go. Within an upstream, first come is first served.
 */
public final class AdmissionGate {

	/**
	 * How a wait at the gate ended.
	 */
	public enum Admission {

		/**
		 * The caller may go on, and has to leave.
		 */
		ADMITTED,

		/**
		 * Too many were waiting already.
		 */
		REFUSED,

		/**
		 * The time was over.
		 */
		EXPIRED,

		/**
		 * Nobody may wait any more.
		 */
		CLOSED

	}

	/**
	 * For how long it counts that a caller was turned away.
	 */
	static final long RECENT = TimeUnit.SECONDS.toNanos(10);

	private final NanoClock clock;

	private final AtomicInteger total = new AtomicInteger();

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * The lanes whose first waiter found room at its upstream but not in total, the one
	 * that waits longest first. Guarded by the lock.
	 */
	private final Deque<Lane> waitingForTotal = new ArrayDeque<>();

	// Guarded by the lock
	private final Set<Waiter> waiters = new HashSet<>();

	private boolean closed;

	private volatile int lanesWaitingForTotal;

	private volatile int maxTotal;

	public AdmissionGate(int maxTotal, NanoClock clock) {
		this.maxTotal = maxTotal;
		this.clock = clock;
	}

	/**
	 * Make a way through the gate for one upstream.
	 * @param max callers that may have passed
	 * @param maxPending callers that may wait
	 * @return the lane
	 */
	public Lane lane(int max, int maxPending) {
		return new Lane(max, maxPending);
	}

	public int maxTotal() {
		return this.maxTotal;
	}

	/**
	 * Change the limit. More may pass at once; those that have passed are not sent back.
	 * @param maxTotal callers that may have passed in total
	 */
	public void maxTotal(int maxTotal) {
		this.maxTotal = maxTotal;
		admitWaiting();
	}

	public int active() {
		return this.total.get();
	}

	/**
	 * Let nobody wait any more: who does fails at once. Who finds room still passes.
	 */
	public void close() {
		this.lock.lock();
		try {
			this.closed = true;
			for (Waiter waiter : this.waiters) {
				waiter.state = WaiterState.REFUSED;
				LockSupport.unpark(waiter.thread);
			}
			this.waiters.clear();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Let callers wait again.
	 */
	public void open() {
		this.lock.lock();
		this.closed = false;
		this.lock.unlock();
	}

	private static boolean take(AtomicInteger count, int max) {
		for (int taken = count.get(); taken < max; taken = count.get()) {
			if (count.compareAndSet(taken, taken + 1)) {
				return true;
			}
		}
		return false;
	}

	private void admitWaiting() {
		this.lock.lock();
		try {
			for (int lanes = this.waitingForTotal.size(); lanes > 0 && this.total.get() < this.maxTotal; lanes--) {
				Lane lane = this.waitingForTotal.poll();
				if (lane != null) {
					lane.queuedForTotal = false;
					lane.admitWaiting();
				}
			}
			this.lanesWaitingForTotal = this.waitingForTotal.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The way through the gate for one upstream.
	 */
	public final class Lane {

		private final AtomicInteger active = new AtomicInteger();

		private final AtomicInteger pending = new AtomicInteger();

		private final int maxPending;

		// Guarded by the lock; those that gave up are skipped
		private final Deque<Waiter> waiters = new ArrayDeque<>();

		private boolean queuedForTotal;

		private final LongAdder waits = new LongAdder();

		private final LongAdder waitsForTotal = new LongAdder();

		private volatile int peak;

		private volatile int max;

		private volatile long turnedAwayAt;

		private Lane(int max, int maxPending) {
			this.max = max;
			this.maxPending = maxPending;
			this.turnedAwayAt = AdmissionGate.this.clock.nanoTime() - RECENT;
		}

		/**
		 * Callers that have passed and not left.
		 * @return the number
		 */
		public int active() {
			return this.active.get();
		}

		/**
		 * Callers that wait.
		 * @return the number
		 */
		public int pending() {
			return this.pending.get();
		}

		public int max() {
			return this.max;
		}

		/**
		 * Whether more have passed than may, here or in total, since a limit was lowered.
		 * @return whether it is too many
		 */
		public boolean isAboveLimit() {
			return this.active.get() > this.max || AdmissionGate.this.total.get() > AdmissionGate.this.maxTotal;
		}

		/**
		 * Whether nobody may pass, and somebody wants to, or did a moment ago in vain.
		 * @param now the monotonic clock
		 * @return whether the upstream is saturated
		 */
		boolean isSaturated(long now) {
			boolean full = this.active.get() >= this.max
					|| AdmissionGate.this.total.get() >= AdmissionGate.this.maxTotal;
			return full && (this.pending.get() > 0 || now - this.turnedAwayAt < RECENT);
		}

		/**
		 * Callers that did not pass at once, those that were refused included.
		 * @return the number since the start
		 */
		public long waits() {
			return this.waits.sum();
		}

		/**
		 * Those of them that met the total at its limit.
		 * @return the number since the start
		 */
		public long waitsForTotal() {
			return this.waitsForTotal.sum();
		}

		/**
		 * The most callers that had passed at once since this was last asked.
		 * @return about that number
		 */
		int takePeak() {
			int peak = Math.max(this.peak, this.active.get());
			this.peak = 0;
			return peak;
		}

		/**
		 * Change the limit. More may pass at once; those that have passed are not sent
		 * back.
		 * @param max callers that may have passed
		 */
		public void max(int max) {
			this.max = max;
			AdmissionGate.this.lock.lock();
			try {
				admitWaiting();
			}
			finally {
				AdmissionGate.this.lock.unlock();
			}
		}

		/**
		 * Pass, or wait for it.
		 * @param nanos the longest wait
		 * @return how it ended
		 * @throws InterruptedException if the thread is interrupted while it waits; it
		 * has not passed then
		 */
		public Admission enter(long nanos) throws InterruptedException {
			if (tryEnter()) {
				return Admission.ADMITTED;
			}
			this.waits.increment();
			if (AdmissionGate.this.total.get() >= AdmissionGate.this.maxTotal) {
				this.waitsForTotal.increment();
			}
			if (!take(this.pending, this.maxPending)) {
				this.turnedAwayAt = AdmissionGate.this.clock.nanoTime();
				return Admission.REFUSED;
			}
			try {
				Admission admission = await(nanos);
				if (admission == Admission.EXPIRED) {
					this.turnedAwayAt = AdmissionGate.this.clock.nanoTime();
				}
				return admission;
			}
			finally {
				this.pending.decrementAndGet();
			}
		}

		/**
		 * Pass if nobody waits, here or for room in total: who waits is not overtaken.
		 * @return whether the caller has passed
		 */
		public boolean tryEnter() {
			return this.pending.get() == 0 && AdmissionGate.this.lanesWaitingForTotal == 0 && tryPass();
		}

		/**
		 * Leave, once for each pass.
		 */
		public void leave() {
			this.active.decrementAndGet();
			AdmissionGate.this.total.decrementAndGet();
			// Written after the counts by who waits: one of the two sees the other
			if (this.pending.get() > 0 || AdmissionGate.this.lanesWaitingForTotal > 0) {
				AdmissionGate.this.lock.lock();
				try {
					AdmissionGate.this.admitWaiting();
					admitWaiting();
				}
				finally {
					AdmissionGate.this.lock.unlock();
				}
			}
		}

		private boolean tryPass() {
			if (!take(this.active, this.max)) {
				return false;
			}
			if (take(AdmissionGate.this.total, AdmissionGate.this.maxTotal)) {
				notePeak();
				return true;
			}
			this.active.decrementAndGet();
			return false;
		}

		// Mostly one read: a race may note the smaller of two that are about the same
		private void notePeak() {
			int active = this.active.get();
			if (active > this.peak) {
				this.peak = active;
			}
		}

		private Admission await(long nanos) throws InterruptedException {
			Waiter waiter = new Waiter(Thread.currentThread());
			AdmissionGate.this.lock.lock();
			try {
				if (AdmissionGate.this.closed) {
					return Admission.CLOSED;
				}
				AdmissionGate.this.waiters.add(waiter);
				this.waiters.add(waiter);
				admitWaiting();
			}
			finally {
				AdmissionGate.this.lock.unlock();
			}
			long deadline = AdmissionGate.this.clock.nanoTime() + nanos;
			for (long left = nanos; waiter.state == WaiterState.WAITING; left = deadline
					- AdmissionGate.this.clock.nanoTime()) {
				if (Thread.interrupted()) {
					if (!giveUp(waiter)) {
						leave();
					}
					throw new InterruptedException();
				}
				if (left <= 0) {
					return giveUp(waiter) ? Admission.EXPIRED : Admission.ADMITTED;
				}
				LockSupport.parkNanos(this, left);
			}
			return (waiter.state == WaiterState.ADMITTED) ? Admission.ADMITTED : Admission.CLOSED;
		}

		// Not if it was admitted at the last moment
		private boolean giveUp(Waiter waiter) {
			AdmissionGate.this.lock.lock();
			try {
				if (waiter.state == WaiterState.ADMITTED) {
					return false;
				}
				waiter.state = WaiterState.GONE;
				AdmissionGate.this.waiters.remove(waiter);
				if (this.waiters.peek() == waiter) {
					admitWaiting();
				}
				return true;
			}
			finally {
				AdmissionGate.this.lock.unlock();
			}
		}

		private void admitWaiting() {
			for (Waiter first = this.waiters.peek(); first != null; first = this.waiters.peek()) {
				if (first.state == WaiterState.WAITING) {
					if (!tryPass()) {
						waitForTotal();
						// What became free meanwhile was not seen by who freed it
						if (!tryPass()) {
							return;
						}
					}
					first.state = WaiterState.ADMITTED;
					AdmissionGate.this.waiters.remove(first);
					LockSupport.unpark(first.thread);
				}
				this.waiters.poll();
			}
		}

		private void waitForTotal() {
			if (!this.queuedForTotal && this.active.get() < this.max) {
				this.queuedForTotal = true;
				AdmissionGate.this.waitingForTotal.add(this);
				AdmissionGate.this.lanesWaitingForTotal = AdmissionGate.this.waitingForTotal.size();
			}
		}

	}

	private enum WaiterState {

		WAITING, ADMITTED, REFUSED, GONE

	}

	private static final class Waiter {

		private final Thread thread;

		private volatile WaiterState state = WaiterState.WAITING;

		Waiter(Thread thread) {
			this.thread = thread;
		}

	}

}
