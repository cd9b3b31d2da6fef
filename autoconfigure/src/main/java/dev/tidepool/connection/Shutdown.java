package dev.tidepool.connection;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Whether calls are taken. Not any more once the application context stops; those in
 * flight may then end, with their redirects and immediate repeats, but nobody waits: not
 * at the gate, and not for another attempt. Taken back when the context starts again, and
 * final when its pool is closed.
 */
public final class Shutdown {

	/**
	 * How long nothing must be in flight to be sure: between two hops of a redirect a
	 * call holds no connection.
	 */
	private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(5);

	private final AdmissionGate gate;

	private final NanoClock clock;

	private final AtomicReference<@Nullable Runnable> onQuiet = new AtomicReference<>();

	private final Set<Pause> pauses = ConcurrentHashMap.newKeySet();

	private boolean wasQuiet;

	private volatile CountDownLatch begins = new CountDownLatch(1);

	private volatile @Nullable Begun begun;

	Shutdown(AdmissionGate gate, NanoClock clock) {
		this.gate = gate;
		this.clock = clock;
	}

	/**
	 * Take no new calls. Only this thread may go on to call, as it is the one that stops
	 * the context, and runs what its beans still have to do.
	 * @param onQuiet run once no call is in flight, on the sweeper's thread unless the
	 * end comes before
	 */
	public void begin(Runnable onQuiet) {
		synchronized (this) {
			if (this.begun == null) {
				begin(new Begun(this.clock.nanoTime(), Thread.currentThread()));
			}
		}
		answer(onQuiet);
		if (isOver()) {
			answer(null);
		}
	}

	/**
	 * Take calls again, unless the end has come.
	 */
	public synchronized void revoke() {
		if (this.begun != null && !isOver()) {
			this.begins = new CountDownLatch(1);
			this.gate.open();
			this.begun = null;
			// The context has waited for as long as it wanted
			this.onQuiet.set(null);
		}
	}

	/**
	 * The end: take no calls at all. Harmless when repeated.
	 */
	public void complete() {
		synchronized (this) {
			begin(new Begun(this.clock.nanoTime(), null));
		}
		answer(null);
	}

	private void begin(Begun begun) {
		this.begun = begun;
		this.gate.close();
		this.begins.countDown();
		this.pauses.forEach((pause) -> pause.ends(false));
	}

	// In any case, since the context waits for it
	private void answer(@Nullable Runnable next) {
		Runnable asked = this.onQuiet.getAndSet(next);
		if (asked != null) {
			asked.run();
		}
	}

	/**
	 * Whether a call must not go on.
	 * @param started when it started, on the monotonic clock
	 * @return whether it has to fail before anything is sent
	 */
	public boolean refuses(long started) {
		Begun begun = this.begun;
		return begun != null
				&& (begun.isOver() || (Thread.currentThread() != begun.by() && started - begun.time() >= 0));
	}

	public boolean isBegun() {
		return this.begun != null;
	}

	public boolean isOver() {
		Begun begun = this.begun;
		return begun != null && begun.isOver();
	}

	/**
	 * Pause a call.
	 * @param nanos how long
	 * @return whether it may go on then; at once false, if this begins
	 * @throws InterruptedException if the thread is interrupted meanwhile
	 */
	public boolean pause(long nanos) throws InterruptedException {
		return !this.begins.await(nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * Pause a call without blocking a thread.
	 * @param nanos how long
	 * @param watch ends the pause
	 * @param then told whether it may go on then; at once that it may not, if this
	 * begins; on any thread
	 * @return the pause
	 */
	public Pause pause(long nanos, DeadlineWatch watch, Consumer<Boolean> then) {
		Pause pause = new Pause(then);
		this.pauses.add(pause);
		pause.starts(watch.after(nanos, () -> pause.ends(!isBegun())));
		if (isBegun()) {
			pause.ends(false);
		}
		return pause;
	}

	/**
	 * Look whether calls are in flight. Only for the sweeper.
	 * @return nanoseconds until another look
	 */
	long sweep() {
		if (this.onQuiet.get() == null) {
			this.wasQuiet = false;
			return Long.MAX_VALUE;
		}
		boolean quiet = this.gate.active() == 0;
		if (quiet && this.wasQuiet) {
			answer(null);
		}
		this.wasQuiet = quiet;
		return QUIET;
	}

	/**
	 * A call that is to go on after a while.
	 */
	public final class Pause {

		private final Consumer<Boolean> then;

		private volatile @Nullable Alarm alarm;

		private Pause(Consumer<Boolean> then) {
			this.then = then;
		}

		private void starts(Alarm alarm) {
			this.alarm = alarm;
		}

		private void ends(boolean goesOn) {
			if (cancel()) {
				this.then.accept(goesOn);
			}
		}

		/**
		 * Do not go on.
		 * @return whether it had not ended yet
		 */
		public boolean cancel() {
			boolean first = Shutdown.this.pauses.remove(this);
			Alarm alarm = this.alarm;
			if (first && alarm != null) {
				alarm.cancel();
			}
			return first;
		}

	}

	/**
	 * That it has begun.
	 *
	 * @param time when, on the monotonic clock
	 * @param by the thread that may call nevertheless, or {@code null} at the end
	 */
	private record Begun(long time, @Nullable Thread by) {

		boolean isOver() {
			return this.by == null;
		}

	}

}
