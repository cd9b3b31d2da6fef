package dev.tidepool.soak;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.stream.LongStream;

import dev.tidepool.testsupport.Footprint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is in use at a moment when nobody calls.
 *
 * @param heap bytes in use after a collection
 * @param descriptors sockets, pipes and selectors without those of open connections
 * @param threads of the pool
 */
record MixedUsage(long heap, long descriptors, long threads) {

	private static final int COLLECTIONS = 5;

	private static final long HEAP_SLACK = 8 * 1024 * 1024;

	static MixedUsage now(MixedLedger ledger) {
		MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
		long heap = LongStream.generate(() -> {
			memory.gc();
			return memory.getHeapMemoryUsage().getUsed();
		}).limit(COLLECTIONS).min().orElseThrow();
		Footprint footprint = Footprint.measure();
		long descriptors = footprint.descriptors().values().stream().mapToLong(Long::longValue).sum();
		return new MixedUsage(heap, descriptors - 2 * ledger.open(), footprint.threads().size());
	}

	void assertNotAbove(MixedUsage early) {
		assertThat(this.heap).as("heap").isLessThan(early.heap + HEAP_SLACK);
		assertThat(this.descriptors).as("descriptors").isLessThanOrEqualTo(early.descriptors);
		assertThat(this.threads).as("threads").isLessThanOrEqualTo(early.threads);
	}

}
