package dev.tidepool.actuate;

import java.time.Duration;

import dev.tidepool.connection.Latencies;

/**
 * How long something took since the start.
 *
 * @param count how often it happened
 * @param meanMillis how long on average
 * @param p50Millis within which time half of them were over
 * @param p99Millis within which time 99 of 100 were over, at most a quarter too long
 */
record LatencyDescriptor(long count, double meanMillis, double p50Millis, double p99Millis) {

	static LatencyDescriptor of(Latencies latencies) {
		return new LatencyDescriptor(latencies.count(), millis(latencies.mean()), millis(latencies.quantile(0.5)),
				millis(latencies.quantile(0.99)));
	}

	private static double millis(Duration duration) {
		return Math.round(duration.toNanos() / 1e3) / 1e3;
	}

}
