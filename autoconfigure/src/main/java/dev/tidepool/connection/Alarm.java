package dev.tidepool.connection;

import java.util.Comparator;
import java.util.Set;

/**
 * Something that the watch is to do at a time. Whoever takes it out of those that are
 * pending has won: it is run once, or cancelled.
 */
public final class Alarm {

	/**
	 * The one that is due first, first. By difference, as the clock may overflow.
	 */
	static final Comparator<Alarm> BY_TIME = (one, other) -> {
		int order = Long.signum(one.due - other.due);
		return (order != 0) ? order : Long.signum(one.number - other.number);
	};

	private final Set<Alarm> pending;

	private final long number;

	private final long due;

	private final Runnable task;

	Alarm(Set<Alarm> pending, long number, long due, Runnable task) {
		this.pending = pending;
		this.number = number;
		this.due = due;
		this.task = task;
	}

	long due() {
		return this.due;
	}

	/**
	 * Never do it. Whatever the alarm refers to is forgotten at once.
	 * @return whether it was not too late; if it was, it has been done, or is being done
	 */
	public boolean cancel() {
		return this.pending.remove(this);
	}

	void ring() {
		if (cancel()) {
			this.task.run();
		}
	}

}
