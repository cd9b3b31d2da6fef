package dev.tidepool.connection;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * A counter for each constant of an enum.
 *
 * @param <K> the enum
 */
final class EnumCounters<K extends Enum<K>> {

	private final Class<K> type;

	private final LongAdder[] counters;

	EnumCounters(Class<K> type) {
		this.type = type;
		this.counters = Stream.of(type.getEnumConstants()).map((key) -> new LongAdder()).toArray(LongAdder[]::new);
	}

	void increment(K key) {
		this.counters[key.ordinal()].increment();
	}

	long sum(K key) {
		return this.counters[key.ordinal()].sum();
	}

	Map<K, Long> sums() {
		Map<K, Long> sums = new EnumMap<>(this.type);
		for (K key : this.type.getEnumConstants()) {
			sums.put(key, sum(key));
		}
		return sums;
	}

}
