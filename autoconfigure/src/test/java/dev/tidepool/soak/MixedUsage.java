package dev.tidepool.soak;

import dev.tidepool.testsupport.Footprint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is in use at a moment when nobody calls.
 *
 * @param heap what is reachable
 * @param descriptors sockets, pipes and selectors without those of open connections
 * @param threads of the pool
 */
record MixedUsage(HeapByClass heap, long descriptors, long threads) {

	// TLS sessions come and go by the thousand, some MiB of them
	private static final long HEAP_SLACK = 8 * 1024 * 1024;

	static MixedUsage now(MixedLedger ledger) {
		Footprint footprint = Footprint.measure();
		long descriptors = footprint.descriptors().values().stream().mapToLong(Long::longValue).sum();
		return new MixedUsage(HeapByClass.now(), descriptors - 2 * ledger.open(), footprint.threads().size());
	}

	void assertNotAbove(MixedUsage early) {
		assertThat(this.heap.total()).as("heap, of which grew %s", this.heap.growthSince(early.heap))
			.isLessThan(early.heap.total() + HEAP_SLACK);
		assertThat(this.descriptors).as("descriptors").isLessThanOrEqualTo(early.descriptors);
		assertThat(this.threads).as("threads").isLessThanOrEqualTo(early.threads);
	}

}
