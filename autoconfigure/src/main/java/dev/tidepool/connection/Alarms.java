package dev.tidepool.connection;

import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What is to be done at a time, in the order of these times. Adding and cancelling take
 * no lock, and a time that grows with the logarithm of what is pending.
 */
final class Alarms {

	/**
	 * Later than all else, and near enough for times to be compared.
	 */
	static final long FAR = Long.MAX_VALUE / 2;

	private static final Log logger = LogFactory.getLog(Alarms.class);

	private final NavigableSet<Alarm> pending = new ConcurrentSkipListSet<>(Alarm.BY_TIME);

	private final AtomicLong added = new AtomicLong();

	Alarm add(long due, Runnable task) {
		Alarm alarm = new Alarm(this.pending, this.added.incrementAndGet(), due, task);
		this.pending.add(alarm);
		return alarm;
	}

	int pending() {
		return this.pending.size();
	}

	/**
	 * Do what is due.
	 * @param now the monotonic clock
	 * @return nanoseconds until there is something to do
	 */
	long ring(long now) {
		for (Alarm alarm : this.pending) {
			if (alarm.due() - now > 0) {
				return alarm.due() - now;
			}
			ring(alarm);
		}
		return FAR;
	}

	/**
	 * Do all that is pending, due or not.
	 */
	void ringAll() {
		this.pending.forEach(this::ring);
	}

	void ring(Alarm alarm) {
		try {
			alarm.ring();
		}
		catch (Throwable ex) {
			logger.warn("What was to be done at a deadline failed", ex);
		}
	}

}
