package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Latencies;
import dev.tidepool.connection.StatsSnapshot;

/**
 * The last minutes of one upstream.
 *
 * @param samples what was known, the oldest first, at least two
 */
record Window(List<Sample> samples) {

	/**
	 * Between closer samples, a rate would be chance.
	 */
	static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(5);

	Window {
		samples = List.copyOf(samples);
	}

	StatsSnapshot first() {
		return this.samples.get(0).stats();
	}

	StatsSnapshot last() {
		return this.samples.get(this.samples.size() - 1).stats();
	}

	Duration length() {
		return Duration.ofNanos(last().at() - first().at());
	}

	/**
	 * What was added to a count. Never negative: addresses that are forgotten take theirs
	 * with them.
	 * @param count the count
	 * @return the difference
	 */
	long count(ToLongFunction<StatsSnapshot> count) {
		return Math.max(0, count.applyAsLong(last()) - count.applyAsLong(first()));
	}

	<K> long count(Function<StatsSnapshot, Map<K, Long>> counts, K key) {
		return count((stats) -> counts.apply(stats).getOrDefault(key, 0L));
	}

	long closed(CloseReason reason) {
		return count(StatsSnapshot::closed, reason);
	}

	Latencies latencies(Function<StatsSnapshot, Latencies> times) {
		return times.apply(last()).since(times.apply(first()));
	}

	/**
	 * Attempts that had a connection, and have given it back.
	 * @return the number
	 */
	long calls() {
		return count((stats) -> stats.usage().count());
	}

	/**
	 * The window in pieces, long enough to tell a rate of each.
	 * @return from each sample to the next
	 */
	List<Window> intervals() {
		List<Window> intervals = new ArrayList<>();
		Sample from = this.samples.get(0);
		for (Sample to : this.samples.subList(1, this.samples.size())) {
			Window interval = new Window(List.of(from, to));
			if (interval.length().compareTo(SHORTEST_INTERVAL) >= 0) {
				intervals.add(interval);
				from = to;
			}
		}
		return intervals.isEmpty() ? List.of(this) : intervals;
	}

	/**
	 * What was known at one moment.
	 *
	 * @param stats counts since the start
	 * @param peak the most calls that were in progress at once since the sample before
	 */
	record Sample(StatsSnapshot stats, long peak) {

		/**
		 * Connections that were open.
		 * @return active and idle ones
		 */
		int open() {
			return this.stats.active() + this.stats.idle();
		}

	}

}
