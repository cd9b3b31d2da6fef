package dev.tidepool.connection;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * The deadline of what goes on on one connection just now. Set and cleared by the caller
 * that holds the connection, expired by the watch: who changes it by compare and set has
 * won.
 */
public final class PhaseDeadline {

	/**
	 * What is waited for.
	 */
	public enum Phase {

		/**
		 * Nothing.
		 */
		NONE,

		/**
		 * The host name to be resolved.
		 */
		RESOLVE,

		/**
		 * The socket to be connected.
		 */
		CONNECT,

		/**
		 * The TLS handshake.
		 */
		TLS_HANDSHAKE,

		/**
		 * The request to be written.
		 */
		REQUEST,

		/**
		 * The response head.
		 */
		RESPONSE,

		/**
		 * More of the response body.
		 */
		READ,

		/**
		 * The rest of a body that nobody wants.
		 */
		DRAIN;

		/**
		 * The value of the {@code phase} tag.
		 * @return the name in lower case with dashes
		 */
		public String tag() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

	private static final long NONE = Long.MAX_VALUE;

	private static final long EXPIRED = Long.MIN_VALUE;

	private static final AtomicLongFieldUpdater<PhaseDeadline> DEADLINE = AtomicLongFieldUpdater
		.newUpdater(PhaseDeadline.class, "deadline");

	private final DeadlineWatch watch;

	private final NanoClock clock;

	private final Runnable abort;

	private Phase phase = Phase.NONE;

	private boolean ofCall;

	private volatile long deadline = NONE;

	PhaseDeadline(DeadlineWatch watch, NanoClock clock, Runnable abort) {
		this.watch = watch;
		this.clock = clock;
		this.abort = abort;
	}

	/**
	 * A wait starts.
	 * @param phase what for
	 * @param timeout how long it may take, in nanoseconds, {@link Long#MAX_VALUE} for as
	 * long as it wants
	 * @param callDeadline when the whole call has to be over
	 */
	public void starts(Phase phase, long timeout, CallDeadline callDeadline) {
		if (isExpired()) {
			// What comes after the wait that expired follows from that one
			return;
		}
		long now = this.clock.nanoTime();
		long callLeft = callDeadline.left(now);
		this.phase = phase;
		this.ofCall = callLeft < timeout;
		long left = Math.min(timeout, callLeft);
		if (left == Long.MAX_VALUE) {
			ends();
			return;
		}
		long deadline = now + left;
		long before = this.deadline;
		if (before != EXPIRED && DEADLINE.compareAndSet(this, before, deadline)) {
			if (left <= 0) {
				// Nothing is sent or read on until the watch wakes up
				expire(now);
			}
			else {
				this.watch.runBy(deadline);
			}
		}
	}

	/**
	 * The wait is over.
	 * @return whether it ended in time; if not, the connection is gone
	 */
	public boolean ends() {
		long before = this.deadline;
		return before == NONE || (before != EXPIRED && DEADLINE.compareAndSet(this, before, NONE));
	}

	/**
	 * Whether the latest wait was ended by the watch.
	 * @return whether it expired
	 */
	public boolean isExpired() {
		return this.deadline == EXPIRED;
	}

	/**
	 * What the latest wait was for.
	 * @return the phase
	 */
	public Phase phase() {
		return this.phase;
	}

	/**
	 * Whether it was the deadline of the call that was due first, not that of the phase.
	 * @return whether the call's time was over
	 */
	public boolean isOfCall() {
		return this.ofCall;
	}

	/**
	 * The connection is gone.
	 */
	public void forget() {
		this.watch.forget(this);
	}

	/**
	 * End the wait if its time is over.
	 * @param now the monotonic clock
	 * @return nanoseconds until there is something to do
	 */
	long expire(long now) {
		long deadline = this.deadline;
		if (deadline == NONE || deadline == EXPIRED) {
			return Long.MAX_VALUE - Math.max(now, 0);
		}
		if (deadline - now > 0) {
			return deadline - now;
		}
		if (DEADLINE.compareAndSet(this, deadline, EXPIRED)) {
			this.abort.run();
		}
		return Long.MAX_VALUE - Math.max(now, 0);
	}

}
