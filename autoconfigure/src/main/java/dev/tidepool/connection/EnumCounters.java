package dev.tidepool.connection;

import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/**
 * A counter for each constant of an enum.
 *
 * @param <K> the enum
 */
final class EnumCounters<K extends Enum<K>> {

	private final LongAdder[] counters;

	EnumCounters(Class<K> type) {
		this.counters = Stream.of(type.getEnumConstants()).map((key) -> new LongAdder()).toArray(LongAdder[]::new);
	}

	void increment(K key) {
		this.counters[key.ordinal()].increment();
	}

	long sum(K key) {
		return this.counters[key.ordinal()].sum();
	}

}
