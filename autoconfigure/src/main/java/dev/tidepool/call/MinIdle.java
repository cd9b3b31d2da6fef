package dev.tidepool.call;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.RefillPace;

/**
 * Keeps connections ready to the upstreams that ask for it, as many for each client,
 * which cannot use those of another: made before the application is ready, so that no
 * first call pays for connect and handshake, and made again when they have gone. Has
 * threads only where there are such upstreams.
 */
public final class MinIdle {

	private static final int MAX_THREADS = 8;

	private static final long PAUSE_MILLIS = RefillPace.SHORTEST.toMillis();

	private static final Log logger = LogFactory.getLog(MinIdle.class);

	private final List<Refill> refills;

	private @Nullable ScheduledThreadPoolExecutor threads;

	/**
	 * Create it, and connect nothing yet.
	 * @param clients whose pools are filled
	 * @param upstreams all upstreams
	 * @param partition whose connections they are, asked only where there are any
	 * @param baseUrls the upstreams
	 */
	public MinIdle(List<ConnectAhead> clients, Upstreams upstreams, Supplier<Partition> partition, List<URI> baseUrls) {
		UpstreamRoutePlanner routes = new UpstreamRoutePlanner(upstreams.catalog());
		this.refills = baseUrls.stream()
			.map((url) -> route(routes, url))
			// A proxy of the system, which no property tells
			.filter((route) -> route.getProxyHost() == null)
			.flatMap((route) -> clients.stream().map((client) -> new Refill(route, partition.get(), upstreams, client)))
			.toList();
	}

	private static HttpRoute route(UpstreamRoutePlanner routes, URI url) {
		try {
			return routes.determineRoute(HttpHost.create(url), HttpClientContext.create());
		}
		catch (HttpException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/**
	 * Connect all clients to all upstreams at the same time, and keep connections from
	 * then on. Returns when each has them or failed, at the latest after the time that
	 * one connect may take: an upstream that is down does not hold the start up.
	 */
	public synchronized void start() {
		if (this.refills.isEmpty() || this.threads != null) {
			return;
		}
		ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
				Math.min(this.refills.size(), MAX_THREADS), MinIdle::thread, new ThreadPoolExecutor.DiscardPolicy());
		this.threads = threads;
		CountDownLatch tried = new CountDownLatch(this.refills.size());
		for (Refill refill : this.refills) {
			threads.execute(() -> {
				run(refill);
				tried.countDown();
				threads.scheduleWithFixedDelay(() -> run(refill), PAUSE_MILLIS, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
			});
		}
		await(tried, this.refills.stream().mapToLong(Refill::longestConnectNanos).max().orElse(0));
	}

	private static void await(CountDownLatch tried, long nanos) {
		try {
			if (!tried.await(nanos, TimeUnit.NANOSECONDS)) {
				logger.info("The start goes on, while connections are still being made ready");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	// An exception would end the repetition
	private static void run(Refill refill) {
		try {
			refill.run();
		}
		catch (Throwable ex) {
			logger.warn("Connections could not be kept ready; tried again in a second", ex);
		}
	}

	private static Thread thread(Runnable task) {
		Thread thread = new Thread(task, "tidepool-min-idle");
		thread.setDaemon(true);
		return thread;
	}

	/**
	 * Connect no more. Connects in progress are broken off.
	 */
	public synchronized void stop() {
		ScheduledThreadPoolExecutor threads = this.threads;
		this.threads = null;
		if (threads != null) {
			threads.shutdownNow();
			try {
				// All but resolving can be interrupted
				threads.awaitTermination(1, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	public synchronized boolean isRunning() {
		return this.threads != null;
	}

}
