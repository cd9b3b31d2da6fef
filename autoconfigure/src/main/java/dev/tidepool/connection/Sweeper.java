package dev.tidepool.connection;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The one thread that closes what has aged, and does the closing for callers on their way
 * to another connection: closing TLS writes to the network. It outlives whatever a sweep
 * throws.
 */
public final class Sweeper implements AutoCloseable {

	/**
	 * Longest pause between two sweeps.
	 */
	static final long MAX_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private static final Log logger = LogFactory.getLog(Sweeper.class);

	private final NanoClock clock;

	private final Thread thread;

	private final Queue<Runnable> closings = new ConcurrentLinkedQueue<>();

	private volatile Sweep sweep = (now) -> MAX_PAUSE;

	private volatile long nextRun;

	private volatile boolean stopped;

	public Sweeper(NanoClock clock) {
		this.clock = clock;
		this.nextRun = clock.nanoTime() + MAX_PAUSE;
		this.thread = new Thread(this::run, "tidepool-sweeper");
		this.thread.setDaemon(true);
	}

	/**
	 * Start sweeping.
	 * @param sweep what to do
	 */
	public void start(Sweep sweep) {
		this.sweep = sweep;
		this.thread.start();
	}

	/**
	 * Make sure that a sweep runs no later than at the given time.
	 * @param time on the monotonic clock
	 */
	public void sweepBy(long time) {
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

	/**
	 * Sweep at once.
	 */
	public void sweepNow() {
		sweepBy(this.clock.nanoTime());
	}

	/**
	 * Have something closed on the sweeper's thread.
	 * @param closing what to do
	 */
	public void close(Runnable closing) {
		this.closings.add(closing);
		if (Thread.currentThread() != this.thread) {
			LockSupport.unpark(this.thread);
		}
		if (this.stopped) {
			// The thread may not look again
			runClosings();
		}
	}

	/**
	 * End the thread, and close what is still waiting to be closed. Harmless when
	 * repeated.
	 */
	@Override
	public void close() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
		boolean interrupted = false;
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(5));
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		runClosings();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		while (!this.stopped) {
			runClosings();
			long pause = this.nextRun - this.clock.nanoTime();
			if (pause <= 0) {
				sweep();
			}
			else if (!this.stopped) {
				// Looked at again, since a closing that waited for something has used up
				// the wake-up
				LockSupport.parkNanos(this, pause);
			}
		}
	}

	private void sweep() {
		// Before the sweep, so that a connection that comes back meanwhile can ask for
		// an earlier run
		long now = this.clock.nanoTime();
		synchronized (this) {
			this.nextRun = now + MAX_PAUSE;
		}
		try {
			runEarlier(now + this.sweep.sweep(now));
		}
		catch (Throwable ex) {
			logger.warn("A sweep for aged connections failed; the next one comes in a second", ex);
		}
		clearInterrupt();
	}

	private void runClosings() {
		Runnable closing;
		while ((closing = this.closings.poll()) != null) {
			try {
				closing.run();
			}
			catch (Throwable ex) {
				logger.debug("A connection could not be closed in order", ex);
			}
			clearInterrupt();
		}
	}

	// Left on the thread, it would end each wait at once, and each channel in disorder
	private void clearInterrupt() {
		if (Thread.currentThread() == this.thread) {
			Thread.interrupted();
		}
	}

	/**
	 * One sweep.
	 */
	@FunctionalInterface
	public interface Sweep {

		/**
		 * Close what has aged.
		 * @param now the monotonic clock
		 * @return nanoseconds until something else will have
		 */
		long sweep(long now);

	}

}
