package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

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
	 * The wait of a callback.
	 */
	public interface Pending {

		/**
		 * The time is over: the caller is turned away.
		 * @return whether it still waited, and is not told any more; if not, it has been
		 * told, or is being told, how the wait ended
		 */
		boolean expire();

		/**
		 * Nobody wants to pass any more. Does not count as turned away.
		 * @return whether it still waited, and is not told any more; if not, it has been
		 * told, or is being told, how the wait ended
		 */
		boolean cancel();

	}

	/**
	 * For how long it counts that a caller was turned away.
	 */
	static final long RECENT = TimeUnit.SECONDS.toNanos(10);

	private final NanoClock clock;

	private final AtomicInteger total = new AtomicInteger();

	private final AdmissionQueue queue = new AdmissionQueue(this);

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
		this.queue.admitWaiting(null);
	}

	public int active() {
		return this.total.get();
	}

	/**
	 * Let nobody wait any more: who does fails at once. Who finds room still passes.
	 */
	public void close() {
		this.queue.close();
	}

	/**
	 * Let callers wait again.
	 */
	public void open() {
		this.queue.open();
	}

	boolean hasRoom() {
		return this.total.get() < this.maxTotal;
	}

	// The count with what was taken, or 0
	private static int take(AtomicInteger count, int max) {
		for (int taken = count.get(); taken < max; taken = count.get()) {
			if (count.compareAndSet(taken, taken + 1)) {
				return taken + 1;
			}
		}
		return 0;
	}

	/**
	 * The way through the gate for one upstream.
	 */
	public final class Lane {

		private final AtomicInteger active = new AtomicInteger();

		private final AtomicInteger pending = new AtomicInteger();

		private final int maxPending;

		private final AdmissionQueue.Line line = new AdmissionQueue.Line(this, this.pending);

		private final LongAdder waits = new LongAdder();

		private final LongAdder waitsForTotal = new LongAdder();

		private final Peak peak = new Peak();

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
			boolean full = !hasRoom() || !AdmissionGate.this.hasRoom();
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
			return this.peak.take(this.active.get());
		}

		/**
		 * Change the limit. More may pass at once; those that have passed are not sent
		 * back.
		 * @param max callers that may have passed
		 */
		public void max(int max) {
			this.max = max;
			AdmissionGate.this.queue.admitWaiting(this.line);
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
			Waiter.Parked waiter = new Waiter.Parked(this);
			return joinLine(waiter) ? await(waiter, nanos) : Admission.REFUSED;
		}

		/**
		 * Wait to pass without blocking a thread, in one line with the threads that wait.
		 * For who has tried to {@linkplain #tryEnter() enter} in vain.
		 * <p>
		 * The callback is told how the wait ended, exactly once unless the caller gives
		 * up before: with {@link Admission#ADMITTED} it has to leave. It is told on any
		 * thread, that of this call included and before this returns, never under a lock
		 * of the gate, and never within a callback that is being told on the same thread:
		 * then, when that has returned. It must not block; an exception is logged.
		 * @param told the callback; never told {@link Admission#EXPIRED}
		 * @return the wait, which may be over
		 */
		public Pending enter(Consumer<Admission> told) {
			Waiter.Callback waiter = new Waiter.Callback(this, told);
			if (!joinLine(waiter)) {
				waiter.answer(Admission.REFUSED);
				Telling.tell(waiter);
			}
			return waiter;
		}

		/**
		 * Pass if nobody waits, here or for room in total: who waits is not overtaken.
		 * @return whether the caller has passed
		 */
		public boolean tryEnter() {
			if (this.pending.get() > 0 || AdmissionGate.this.queue.isWaitingForTotal()) {
				return false;
			}
			if (tryPass()) {
				return true;
			}
			// Who came meanwhile may have seen what was taken before the total was met
			if (this.pending.get() > 0) {
				AdmissionGate.this.queue.admitWaiting(this.line);
			}
			return false;
		}

		/**
		 * Leave, once for each pass.
		 */
		public void leave() {
			this.active.decrementAndGet();
			AdmissionGate.this.total.decrementAndGet();
			// Written after the counts by who waits: one of the two sees the other
			if (this.pending.get() > 0 || AdmissionGate.this.queue.isWaitingForTotal()) {
				AdmissionGate.this.queue.admitWaiting(this.line);
			}
		}

		AdmissionQueue.Line line() {
			return this.line;
		}

		boolean hasRoom() {
			return this.active.get() < this.max;
		}

		boolean tryPass() {
			int active = take(this.active, this.max);
			if (active == 0) {
				return false;
			}
			if (take(AdmissionGate.this.total, AdmissionGate.this.maxTotal) > 0) {
				this.peak.note(active);
				return true;
			}
			this.active.decrementAndGet();
			return false;
		}

		private boolean joinLine(Waiter waiter) {
			this.waits.increment();
			if (!AdmissionGate.this.hasRoom()) {
				this.waitsForTotal.increment();
			}
			if (this.pending.get() < this.maxPending && AdmissionGate.this.queue.add(waiter)) {
				return true;
			}
			turnedAway();
			return false;
		}

		boolean countPending() {
			return take(this.pending, this.maxPending) > 0;
		}

		private Admission await(Waiter.Parked waiter, long nanos) throws InterruptedException {
			try {
				Admission answer = waiter.await(nanos, AdmissionGate.this.clock);
				if (answer == null) {
					expire(waiter);
					// What it was given at the last moment, if it was
					answer = waiter.answer();
				}
				return (answer != null) ? answer : Admission.EXPIRED;
			}
			catch (InterruptedException ex) {
				if (!giveUp(waiter) && waiter.answer() == Admission.ADMITTED) {
					leave();
				}
				throw ex;
			}
		}

		boolean expire(Waiter waiter) {
			boolean expired = giveUp(waiter);
			if (expired) {
				turnedAway();
			}
			return expired;
		}

		boolean giveUp(Waiter waiter) {
			return AdmissionGate.this.queue.remove(waiter);
		}

		private void turnedAway() {
			this.turnedAwayAt = AdmissionGate.this.clock.nanoTime();
		}

	}

}
