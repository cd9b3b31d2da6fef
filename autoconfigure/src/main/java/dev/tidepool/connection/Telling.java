package dev.tidepool.connection;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells callbacks their answers, on this thread, and never one within another: what is
 * told may leave again at once, and admit the next by it, and so on. Those that are
 * answered meanwhile are told when the one before has returned, so the stack does not
 * grow with the number that wait.
 */
final class Telling {

	private static final Log logger = LogFactory.getLog(Telling.class);

	private static final ThreadLocal<@Nullable Deque<Waiter.Callback>> UNDERWAY = new ThreadLocal<>();

	private Telling() {
	}

	static void tell(Waiter.Callback answered) {
		tell(new ArrayDeque<>(List.of(answered)));
	}

	/**
	 * Tell all, now or, within a callback, when it has returned.
	 * @param answered those that have their answer; no longer the caller's
	 */
	static void tell(Deque<Waiter.Callback> answered) {
		Deque<Waiter.Callback> underway = UNDERWAY.get();
		if (underway != null) {
			underway.addAll(answered);
			return;
		}
		UNDERWAY.set(answered);
		try {
			for (Waiter.Callback next = answered.poll(); next != null; next = answered.poll()) {
				tellGuarded(next);
			}
		}
		finally {
			UNDERWAY.remove();
		}
	}

	private static void tellGuarded(Waiter.Callback callback) {
		try {
			callback.tell();
		}
		catch (Throwable ex) {
			logger.warn("A caller that waited for a connection failed when it was told " + callback.answer(), ex);
		}
	}

}
