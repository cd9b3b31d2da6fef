package dev.tidepool.benchmarks;

import java.util.List;

/**
 * How long the bodies are that are fetched and sent to see how cost grows with them.
 */
final class BodySizes {

	/**
	 * From nothing to 16 MiB.
	 */
	static final List<Integer> ALL = List.of(0, 1 << 10, 16 << 10, 256 << 10, 1 << 20, 16 << 20);

	private BodySizes() {
	}

}
