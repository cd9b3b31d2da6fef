package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.Comparator;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.Latencies;
import dev.tidepool.connection.StatsSnapshot;

/**
 * How many connections callers wanted at once, by Little's law: calls in progress are
 * their rate times the time that each takes.
 *
 * @param perSecond callers that wanted a connection
 * @param usageSeconds for how long one held it, on average
 * @param waitSeconds how long one waited that got it in the end, on average
 * @param gaveUp whether some got none
 */
record Demand(double perSecond, double usageSeconds, double waitSeconds, boolean gaveUp) {

	/**
	 * The demand at the time when most was wanted.
	 * @param window the last minutes
	 * @return that of its busiest interval
	 */
	static Demand busiest(Window window) {
		return window.intervals()
			.stream()
			.map(Demand::of)
			.max(Comparator.comparingDouble(Demand::connections))
			.orElseThrow();
	}

	private static Demand of(Window interval) {
		// A window that has just begun tells no rate
		double seconds = Math.max(1, interval.length().toNanos() / 1e9);
		Latencies acquire = interval.latencies(StatsSnapshot::acquire);
		Latencies usage = interval.latencies(StatsSnapshot::usage);
		long gaveUp = gaveUp(interval);
		return new Demand((acquire.count() + gaveUp) / seconds, usage.mean().toNanos() / 1e9,
				acquire.mean().toNanos() / 1e9, gaveUp > 0);
	}

	/**
	 * The callers that got no connection.
	 * @param window some time
	 * @return the number of those that were refused and those that waited in vain
	 */
	static long gaveUp(Window window) {
		return window.count(StatsSnapshot::refused, Admission.REFUSED)
				+ window.count(StatsSnapshot::refused, Admission.EXPIRED);
	}

	/**
	 * The connections with which nobody would have waited. Who waited and was served
	 * counts with the wait, as it would have been in progress meanwhile. Where some gave
	 * up it does not: how long they waited was the time-out's choice, and they come on
	 * top of the rate.
	 * @return the mean number
	 */
	double connections() {
		return this.perSecond * (this.gaveUp ? this.usageSeconds : this.usageSeconds + this.waitSeconds);
	}

	Duration usage() {
		return Duration.ofNanos((long) (this.usageSeconds * 1e9));
	}

	/**
	 * The callers that waited at once.
	 * @return the mean number
	 */
	double waiting() {
		return this.perSecond * this.waitSeconds;
	}

}
