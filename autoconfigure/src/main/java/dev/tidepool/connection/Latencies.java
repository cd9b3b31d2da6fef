package dev.tidepool.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long something took, each time that it happened, as counts in buckets: four for
 * each doubling from a microsecond on, so that a quantile is told to a fifth of itself
 * without keeping any single value. Immutable.
 */
public final class Latencies {

	/**
	 * Nothing happened yet.
	 */
	public static final Latencies NONE = new Latencies(new long[0], 0);

	/**
	 * Enough for a hundred seconds; what takes longer is counted in the last.
	 */
	static final int BUCKETS = 110;

	private static final int FIRST_DOUBLING = 10;

	private final long[] counts;

	private final long count;

	private final long totalNanos;

	Latencies(long[] counts, long totalNanos) {
		this.counts = counts;
		this.totalNanos = totalNanos;
		long count = 0;
		for (long inBucket : counts) {
			count += inBucket;
		}
		this.count = count;
	}

	static int bucket(long nanos) {
		int doubling = 63 - Long.numberOfLeadingZeros(Math.max(1, nanos));
		if (doubling < FIRST_DOUBLING) {
			return 0;
		}
		int quarter = (int) (nanos >>> (doubling - 2)) & 3;
		return Math.min((doubling - FIRST_DOUBLING) * 4 + quarter + 1, BUCKETS - 1);
	}

	private static long upperBound(int bucket) {
		if (bucket == 0) {
			return 1L << FIRST_DOUBLING;
		}
		int doubling = (bucket - 1) / 4 + FIRST_DOUBLING;
		int quarter = (bucket - 1) % 4;
		return (1L << doubling) + (quarter + 1) * (1L << (doubling - 2));
	}

	/**
	 * How often it happened.
	 * @return the number
	 */
	public long count() {
		return this.count;
	}

	/**
	 * How long it took altogether.
	 * @return the sum
	 */
	public Duration total() {
		return Duration.ofNanos(this.totalNanos);
	}

	/**
	 * How long it took on average.
	 * @return the mean, zero if it never happened
	 */
	public Duration mean() {
		return (this.count > 0) ? Duration.ofNanos(this.totalNanos / this.count) : Duration.ZERO;
	}

	/**
	 * The time within which a share of them was over.
	 * @param share from 0 to 1, such as 0.99
	 * @return the upper end of its bucket, at most a quarter too long; zero if it never
	 * happened
	 */
	public Duration quantile(double share) {
		long rank = Math.max(1, (long) Math.ceil(share * this.count));
		long seen = 0;
		for (int bucket = 0; bucket < this.counts.length; bucket++) {
			seen += this.counts[bucket];
			if (seen >= rank) {
				return Duration.ofNanos(upperBound(bucket));
			}
		}
		return Duration.ZERO;
	}

	/**
	 * How often it took longer than some time, as far as the buckets tell.
	 * @param time the time
	 * @return the number of those in later buckets
	 */
	public long countAbove(Duration time) {
		long above = 0;
		for (int bucket = bucket(TimeUnit.NANOSECONDS.convert(time)) + 1; bucket < this.counts.length; bucket++) {
			above += this.counts[bucket];
		}
		return above;
	}

	/**
	 * What was added since.
	 * @param earlier an earlier state of the same
	 * @return the difference
	 */
	public Latencies since(Latencies earlier) {
		long[] difference = this.counts.clone();
		for (int bucket = 0; bucket < earlier.counts.length; bucket++) {
			difference[bucket] -= earlier.counts[bucket];
		}
		return new Latencies(difference, this.totalNanos - earlier.totalNanos);
	}

}
