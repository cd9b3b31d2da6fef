package dev.tidepool.connection;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.tidepool.connection.ConnectionRecord.State;

/**
 * Whose turn it is with a connection. Whoever moves it on, by compare and set, has the
 * connection to itself, and may write what others read after the next move. What does not
 * succeed has not happened: somebody else was first, or the connection was closed.
 */
final class Turn {

	private static final AtomicReferenceFieldUpdater<Turn, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(Turn.class, State.class, "state");

	private volatile State state = State.ACTIVE;

	State state() {
		return this.state;
	}

	/**
	 * Whether nobody uses the connection, and it is open.
	 */
	boolean isIdle() {
		State state = this.state;
		return state == State.IDLE || state == State.LOOKED_AT;
	}

	/**
	 * From the pool to a caller.
	 */
	boolean lease() {
		return move(State.IDLE, State.ACTIVE);
	}

	/**
	 * From the caller to the pool.
	 */
	void giveBack() {
		move(State.ACTIVE, State.IDLE);
	}

	/**
	 * From the caller out of the pool, to whoever closes it.
	 */
	void leave() {
		STATE.compareAndSet(this, State.ACTIVE, State.IDLE);
	}

	/**
	 * From the pool to the sweeper, or to who acts like it.
	 */
	boolean take() {
		return move(State.IDLE, State.LOOKED_AT);
	}

	/**
	 * As {@link #take()}, unless somebody else has just taken it.
	 */
	boolean takeIfFree() {
		return STATE.compareAndSet(this, State.IDLE, State.LOOKED_AT);
	}

	/**
	 * Back to the pool, unless that was closed meanwhile.
	 */
	void putBack() {
		STATE.compareAndSet(this, State.LOOKED_AT, State.IDLE);
	}

	/**
	 * From a caller that has lost it to the sweeper.
	 */
	boolean takeFromCaller() {
		return STATE.compareAndSet(this, State.ACTIVE, State.LOOKED_AT);
	}

	/**
	 * Back to a caller that has not.
	 */
	void returnToCaller() {
		STATE.compareAndSet(this, State.LOOKED_AT, State.ACTIVE);
	}

	/**
	 * From whoever has it to the canaries, for good.
	 */
	boolean watch() {
		return STATE.compareAndSet(this, State.IDLE, State.CANARY)
				|| STATE.compareAndSet(this, State.ACTIVE, State.CANARY);
	}

	/**
	 * The connection is closed, whoever has it.
	 * @return what it was until now
	 */
	State end() {
		return STATE.getAndSet(this, State.CLOSED);
	}

	// The sweeper lets go within microseconds
	private boolean move(State from, State next) {
		for (int spins = 0; !STATE.compareAndSet(this, from, next); spins++) {
			State state = this.state;
			if (state != State.LOOKED_AT && state != from) {
				return false;
			}
			if (spins < 100) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
		}
		return true;
	}

}
