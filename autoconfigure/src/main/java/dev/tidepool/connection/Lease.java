package dev.tidepool.connection;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.Durations;

/**
 * A connection that a caller holds, with the place where it was taken. Exists only where
 * leak-detection-threshold is set: the stack costs microseconds for each lease.
 */
public final class Lease {

	private static final Log logger = LogFactory.getLog(Lease.class);

	private final Upstream upstream;

	private final Duration threshold;

	private final long since;

	private final LeaseOrigin origin = new LeaseOrigin();

	private boolean suspected;

	private boolean over;

	private Lease(Upstream upstream, Duration threshold, long since) {
		this.upstream = upstream;
		this.threshold = threshold;
		this.since = since;
	}

	/**
	 * A caller takes a connection.
	 * @param upstream whose connection it is
	 * @param clock the monotonic clock
	 * @return the lease, or {@code null} if leaks are not looked for
	 */
	public static @Nullable Lease start(Upstream upstream, NanoClock clock) {
		Duration threshold = upstream.settings().pool().leakDetectionThreshold();
		if (threshold == null || threshold.isZero()) {
			return null;
		}
		Lease lease = new Lease(upstream, threshold, clock.nanoTime());
		upstream.stats().leaks().add(lease);
		return lease;
	}

	/**
	 * Report the lease, once, if it has been held for too long.
	 * @param now the monotonic clock
	 * @return nanoseconds until it will have been
	 */
	synchronized long suspect(long now) {
		long left = Durations.toNanos(this.threshold) - (now - this.since);
		if (left > 0) {
			return left;
		}
		if (!this.suspected && !this.over) {
			this.suspected = true;
			leaks().suspected(this.origin.place());
			logger.warn(
					"A connection to upstream %s was taken %s ago and has not come back (%s is %s). Its response was not closed, or takes that long"
						.formatted(this.upstream, held(now), this.upstream.property("pool.leak-detection-threshold"),
								Durations.display(this.threshold)),
					this.origin.trimmed());
		}
		return Long.MAX_VALUE;
	}

	/**
	 * The connection came back.
	 * @param now the monotonic clock
	 */
	public synchronized void ends(long now) {
		if (end() && this.suspected) {
			logger.info("The connection to upstream %s that was suspected to be leaked by %s came back after %s"
				.formatted(this.upstream, this.origin.place(), held(now)));
		}
	}

	/**
	 * The response became unreachable unclosed, and its connection was taken back.
	 * @param now the monotonic clock
	 */
	public synchronized void isLeaked(long now) {
		if (end()) {
			if (!this.suspected) {
				leaks().seen(this.origin.place());
			}
			logger.warn(
					"A response of upstream %s was dropped without being closed; its connection was taken back after %s. Close each response, best by try-with-resources"
						.formatted(this.upstream, held(now)),
					this.origin.trimmed());
		}
	}

	private boolean end() {
		boolean first = !this.over;
		this.over = true;
		leaks().remove(this);
		return first;
	}

	private Leaks leaks() {
		return this.upstream.stats().leaks();
	}

	private String held(long now) {
		return Durations.display(Duration.ofMillis((now - this.since) / 1_000_000));
	}

}
