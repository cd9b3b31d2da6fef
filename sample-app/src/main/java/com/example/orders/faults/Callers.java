package com.example.orders.faults;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.web.client.RestClientException;

/**
 * Many that call at the same time, again and again.
 */
final class Callers {

	private static final Log logger = LogFactory.getLog(Callers.class);

	private Callers() {
	}

	/**
	 * Call, and return when all are done.
	 * @param count how many callers there are
	 * @param length for how long each begins another call
	 * @param pause how long each waits after a call
	 * @param call what to do
	 */
	static void call(int count, Duration length, Duration pause, Runnable call) throws InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(count);
		try {
			long end = System.nanoTime() + length.toNanos();
			Callable<Void> caller = () -> {
				do {
					call(call);
					Thread.sleep(pause.toMillis());
				}
				while (System.nanoTime() - end < 0);
				return null;
			};
			threads.invokeAll(Collections.nCopies(count, caller));
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void call(Runnable call) {
		try {
			call.run();
		}
		catch (RestClientException ex) {
			logger.debug("As was to be expected", ex);
		}
	}

}
