package dev.tidepool.connection;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts how long something took, from many threads.
 */
final class LatencyHistogram {

	private final AtomicLongArray counts = new AtomicLongArray(Latencies.BUCKETS);

	private final LongAdder totalNanos = new LongAdder();

	private volatile Latencies latest = Latencies.NONE;

	void record(long nanos) {
		this.counts.incrementAndGet(Latencies.bucket(nanos));
		this.totalNanos.add(nanos);
	}

	/**
	 * What was counted until now. Not atomic: a value recorded meanwhile may be counted
	 * and not yet summed. The same as before if nothing was counted since, as many are
	 * kept for a while.
	 * @return the state of about this moment
	 */
	Latencies snapshot() {
		long[] counts = new long[Latencies.BUCKETS];
		int used = 0;
		for (int bucket = 0; bucket < counts.length; bucket++) {
			counts[bucket] = this.counts.get(bucket);
			used = (counts[bucket] > 0) ? bucket + 1 : used;
		}
		Latencies known = this.latest;
		Latencies snapshot = new Latencies(Arrays.copyOf(counts, used), this.totalNanos.sum());
		if (snapshot.count() == known.count() && snapshot.total().equals(known.total())) {
			return known;
		}
		this.latest = snapshot;
		return snapshot;
	}

}
