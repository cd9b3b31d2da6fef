package dev.tidepool.connection;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The one thread that ends waits whose time is over. Nobody registers a wait: it is noted
 * on the connection that it is for, and the thread looks at all of them when the earliest
 * is due. So a wait that ends in time, as nearly all do, costs two writes. A wait that
 * belongs to no connection is an alarm.
 */
public final class DeadlineWatch implements AutoCloseable {

	private static final long MAX_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private static final Log logger = LogFactory.getLog(DeadlineWatch.class);

	private final Set<PhaseDeadline> watched = ConcurrentHashMap.newKeySet();

	private final Alarms alarms = new Alarms();

	private final NanoClock clock;

	private final Thread thread;

	private volatile long nextRun;

	private volatile boolean stopped;

	public DeadlineWatch(NanoClock clock) {
		this.clock = clock;
		this.nextRun = clock.nanoTime() + MAX_PAUSE;
		this.thread = new Thread(this::run, "tidepool-deadlines");
		this.thread.setDaemon(true);
	}

	public void start() {
		this.thread.start();
	}

	/**
	 * Watch over the waits for one connection.
	 * @param abort ends what is waiting, without waiting itself
	 * @return where the waits are noted
	 */
	public PhaseDeadline watch(Runnable abort) {
		PhaseDeadline deadline = new PhaseDeadline(this, this.clock, abort);
		this.watched.add(deadline);
		return deadline;
	}

	/**
	 * Do something later, on the thread of the watch. When the watch is closed, what is
	 * pending is done at once, so that nobody waits for it in vain, and what comes later
	 * is done by who asks for it.
	 * @param nanos how much later, in nanoseconds
	 * @param task does not block; an exception is logged
	 * @return what the task is cancelled with
	 */
	public Alarm after(long nanos, Runnable task) {
		long due = this.clock.nanoTime() + Math.min(nanos, Alarms.FAR);
		Alarm alarm = this.alarms.add(due, task);
		runBy(due);
		// Read after the alarm was added: one of the two sees the other
		if (this.stopped) {
			this.alarms.ring(alarm);
		}
		return alarm;
	}

	void forget(PhaseDeadline deadline) {
		this.watched.remove(deadline);
	}

	void runBy(long time) {
		if (time - this.nextRun < 0 && runEarlier(time)) {
			LockSupport.unpark(this.thread);
		}
	}

	private synchronized boolean runEarlier(long time) {
		if (time - this.nextRun >= 0) {
			return false;
		}
		this.nextRun = time;
		return true;
	}

	private void run() {
		while (!this.stopped) {
			long pause = this.nextRun - this.clock.nanoTime();
			if (pause > 0) {
				LockSupport.parkNanos(this, pause);
			}
			else {
				expire();
			}
		}
		this.alarms.ringAll();
	}

	private void expire() {
		long now = this.clock.nanoTime();
		synchronized (this) {
			// Before looking: a wait that starts meanwhile asks for an earlier run itself
			this.nextRun = now + MAX_PAUSE;
		}
		runEarlier(now + this.alarms.ring(now));
		for (PhaseDeadline deadline : this.watched) {
			try {
				runEarlier(now + deadline.expire(now));
			}
			catch (Throwable ex) {
				logger.warn("A wait could not be ended at its deadline", ex);
			}
		}
	}

	/**
	 * End the thread. Harmless when repeated.
	 */
	@Override
	public void close() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(5));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
