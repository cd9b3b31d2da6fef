package dev.tidepool.benchmarks;

/**
 * One point of a curve.
 *
 * @param size how much there was of what grows
 * @param heapBytes what it took of the heap, 0 if nobody looked
 * @param measurement what calls cost
 */
record GrowthResult(int size, long heapBytes, Measurement measurement) {

	static GrowthResult parse(String line) {
		String[] parts = line.split(" ", 3);
		return new GrowthResult(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Measurement.parse(parts[2]));
	}

	String format() {
		return "%d %d %s".formatted(this.size, this.heapBytes, this.measurement.format());
	}

	/**
	 * What each of what grows takes of the heap.
	 * @return how many bytes
	 */
	double heapBytesEach() {
		return (this.size > 0) ? (double) this.heapBytes / this.size : 0;
	}

	double megabytesPerSecond() {
		return this.measurement.callsPerSecond() * this.size / 1e6;
	}

}
