package dev.tidepool.connection;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts how long something took, from many threads: most of what they count falls into a
 * few buckets, so that each is striped. A bucket that nothing falls into takes no memory.
 */
final class LatencyHistogram {

	private final AtomicReferenceArray<LongAdder> counts = new AtomicReferenceArray<>(Latencies.BUCKETS);

	private final LongAdder totalNanos = new LongAdder();

	private volatile Latencies latest = Latencies.NONE;

	void record(long nanos) {
		int bucket = Latencies.bucket(nanos);
		LongAdder count = this.counts.get(bucket);
		((count != null) ? count : first(bucket)).increment();
		this.totalNanos.add(nanos);
	}

	private LongAdder first(int bucket) {
		LongAdder count = new LongAdder();
		LongAdder other = this.counts.compareAndExchange(bucket, null, count);
		return (other != null) ? other : count;
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
			LongAdder count = this.counts.get(bucket);
			counts[bucket] = (count != null) ? count.sum() : 0;
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
