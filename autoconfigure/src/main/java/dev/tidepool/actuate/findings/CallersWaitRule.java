package dev.tidepool.actuate.findings;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.Latencies;
import dev.tidepool.connection.StatsSnapshot;

/**
 * Callers wait for a connection, or get none, since the upstream's limit or that of all
 * upstreams together is reached.
 */
final class CallersWaitRule implements UpstreamRule {

	/**
	 * Shorter waits come from the scheduler and the garbage collector.
	 */
	static final Duration WAIT = Duration.ofMillis(10);

	/**
	 * Fewer are one burst that was over before anyone noticed.
	 */
	static final int MIN_WAITED = 20;

	/**
	 * Of all callers. Below, the wait is not in the 99th percentile either.
	 */
	static final double MIN_SHARE = 0.01;

	/**
	 * Fewer than those that wait, as each of them is a call that failed.
	 */
	static final int MIN_WITHOUT = 5;

	/**
	 * Above the mean of the busiest time, as calls do not arrive evenly.
	 */
	static final double HEADROOM = 1.25;

	/**
	 * Times the limit that there is, at least: a mean does not show short bursts.
	 */
	static final double LEAST_GROWTH = 1.5;

	@Override
	public @Nullable Finding check(Evidence evidence) {
		Window window = evidence.window();
		long met = window.count(StatsSnapshot::waits);
		if (met == 0) {
			// It was the processor or the garbage collector that they waited for
			return null;
		}
		Latencies acquire = window.latencies(StatsSnapshot::acquire);
		long waited = acquire.countAbove(WAIT);
		long without = Demand.gaveUp(window);
		if ((waited < MIN_WAITED || waited < MIN_SHARE * acquire.count()) && without < MIN_WITHOUT) {
			return null;
		}
		String seen = "";
		if (waited > 0) {
			seen = "%d callers of %s waited for a connection, p99 %s".formatted(waited, evidence.upstream(),
					Text.time(acquire.quantile(1 - 0.01 * waited / acquire.count())));
		}
		if (without > 0) {
			seen += (waited > 0) ? ", and %d got none".formatted(without)
					: "%d callers of %s got no connection".formatted(without, evidence.upstream());
		}
		boolean total = 2 * window.count(StatsSnapshot::waitsForTotal) > met;
		return total ? totalIsFull(evidence, seen) : upstreamIsFull(evidence, seen);
	}

	private static Finding upstreamIsFull(Evidence evidence, String seen) {
		Demand demand = Demand.busiest(evidence.window());
		int addresses = evidence.addresses();
		long max = evidence.window().last().max() / addresses;
		long suggestion = atLeast(max, demand.connections() / addresses);
		String property = evidence.property("pool.max-per-upstream");
		return evidence.finding("callers-wait",
				"%s: at %s calls/s of %s each, raise %s from %d to %d%s".formatted(seen, Text.rate(demand.perSecond()),
						Text.time(demand.usage()), property, max, suggestion,
						(suggestion > evidence.maxTotal())
								? ", and tidepool.pool.max-total, which is " + evidence.maxTotal() + ", with it" : ""),
				property, suggestion);
	}

	private static Finding totalIsFull(Evidence evidence, String seen) {
		int max = evidence.maxTotal();
		long suggestion = atLeast(max, max + Demand.busiest(evidence.window()).waiting());
		String property = "tidepool.pool.max-total";
		return evidence.finding("callers-wait",
				"%s, as all upstreams together had reached max-total: raise %s from %d to %d".formatted(seen, property,
						max, suggestion),
				property, suggestion);
	}

	private static long atLeast(long max, double needed) {
		return Math.max((long) Math.ceil(max * LEAST_GROWTH), (long) Math.ceil(needed * HEADROOM));
	}

}
