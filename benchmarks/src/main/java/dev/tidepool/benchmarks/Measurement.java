package dev.tidepool.benchmarks;

/**
 * What one client did in one measured time.
 *
 * @param callers how many called at once
 * @param calls how many calls they made
 * @param cpuNanos the CPU time of the whole process
 * @param allocatedBytes what all threads of the process allocated
 * @param upstreamCpuNanos the CPU time of the upstream, to some 10 ms
 * @param elapsedNanos the measured time
 */
record Measurement(int callers, long calls, long cpuNanos, long allocatedBytes, long upstreamCpuNanos,
		long elapsedNanos) {

	static Measurement parse(String line) {
		String[] parts = line.split(" ");
		return new Measurement(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]),
				Long.parseLong(parts[3]), Long.parseLong(parts[4]), Long.parseLong(parts[5]));
	}

	String format() {
		return "%d %d %d %d %d %d".formatted(this.callers, this.calls, this.cpuNanos, this.allocatedBytes,
				this.upstreamCpuNanos, this.elapsedNanos);
	}

	double cpuMicrosPerCall() {
		return this.cpuNanos / 1_000.0 / this.calls;
	}

	double bytesPerCall() {
		return (double) this.allocatedBytes / this.calls;
	}

	/**
	 * How busy the upstream was, which works on one thread.
	 * @return a share of the measured time; near 1 it is the upstream that is measured
	 */
	double upstreamLoad() {
		return (double) this.upstreamCpuNanos / this.elapsedNanos;
	}

	double callsPerSecond() {
		return this.calls * 1e9 / this.elapsedNanos;
	}

}
