package dev.tidepool.async;

import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ConnectionInitiator;
import org.apache.hc.core5.reactor.DefaultConnectingIOReactor;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.NonBlocking;

/**
 * The threads that read and write, as many as there are processors. Started with the
 * first connection: an application that makes no reactive call has none of them.
 */
final class Reactor {

	private static final Log logger = LogFactory.getLog(Reactor.class);

	/**
	 * How late callers may be told that their time is over. HttpCore wakes an I/O thread
	 * for a connection that another thread closes before it notes that connection down:
	 * one of ten times (measured) the thread is faster, sees nothing, and sleeps on for
	 * this interval, which is a second by default.
	 */
	private static final TimeValue SELECT_INTERVAL = TimeValue.ofMilliseconds(100);

	private static final TimeValue END = TimeValue.ofSeconds(2);

	private @Nullable DefaultConnectingIOReactor reactor;

	private boolean closed;

	/**
	 * What connections are made with.
	 * @return the reactor, started
	 * @throws IllegalStateException if it was closed
	 */
	synchronized ConnectionInitiator started() {
		if (this.closed) {
			throw new IllegalStateException("The reactor is closed");
		}
		DefaultConnectingIOReactor reactor = this.reactor;
		if (reactor == null) {
			AtomicInteger number = new AtomicInteger();
			reactor = new DefaultConnectingIOReactor(
					(session, attachment) -> ((AsyncConnection) attachment).bind(session),
					// What waits is bounded by our deadlines
					IOReactorConfig.custom()
						.setSoTimeout(Timeout.DISABLED)
						.setTcpNoDelay(true)
						.setSelectInterval(SELECT_INTERVAL)
						.build(),
					(task) -> new IoThread(task, "tidepool-io-" + number.incrementAndGet()), null,
					(ex) -> logger.warn("An I/O thread met what it could not tell any caller", ex), null, null);
			this.reactor = reactor;
			reactor.start();
		}
		return reactor;
	}

	/**
	 * End the threads. Harmless when repeated.
	 */
	synchronized void close() {
		this.closed = true;
		DefaultConnectingIOReactor reactor = this.reactor;
		if (reactor == null) {
			return;
		}
		reactor.initiateShutdown();
		try {
			// Who closes the context may be one of them
			if (!(Thread.currentThread() instanceof IoThread)) {
				reactor.awaitShutdown(END);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		reactor.close(CloseMode.IMMEDIATE);
	}

	/**
	 * A thread that serves many connections, and on which Reactor refuses to block.
	 */
	private static final class IoThread extends Thread implements NonBlocking {

		IoThread(Runnable task, String name) {
			super(null, task, name, 0, false);
			setContextClassLoader(Reactor.class.getClassLoader());
			setDaemon(true);
		}

	}

}
