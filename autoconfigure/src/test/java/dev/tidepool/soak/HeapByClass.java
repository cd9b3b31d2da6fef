package dev.tidepool.soak;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.management.JMException;
import javax.management.ObjectName;

import org.awaitility.Awaitility;

/**
 * What the heap in use consists of, to tell what has grown.
 *
 * @param bytes of all instances that are reachable, by class
 */
record HeapByClass(Map<String, Long> bytes) {

	// Rank, instances, bytes, class
	private static final Pattern ROW = Pattern.compile("(?m)^\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+)");

	private static final int LARGEST = 12;

	private static final long NOISE = 64 * 1024;

	private static final Duration WIDE = Duration.ofSeconds(30);

	/**
	 * What is reachable, without what only waits to be finalized: with JDK 17 a socket of
	 * TLS that was let go keeps its buffers until then, and how many there are depends on
	 * when the collector last looked for them.
	 */
	static HeapByClass now() {
		HeapByClass before;
		HeapByClass now = counted();
		do {
			before = now;
			now = finalized();
		}
		while (now.total() < before.total() - NOISE);
		return now;
	}

	private static HeapByClass finalized() {
		Awaitility.await()
			.atMost(WIDE)
			.until(() -> ManagementFactory.getMemoryMXBean().getObjectPendingFinalizationCount() == 0);
		return counted();
	}

	// Collects garbage first
	private static HeapByClass counted() {
		try {
			String histogram = (String) ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
						new Object[] { new String[0] }, new String[] { String[].class.getName() });
			return new HeapByClass(ROW.matcher(histogram)
				.results()
				.collect(Collectors.toMap((row) -> row.group(2), HeapByClass::bytes, Long::sum)));
		}
		catch (JMException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static long bytes(MatchResult row) {
		return Long.parseLong(row.group(1));
	}

	/**
	 * All of it together.
	 * @return bytes
	 */
	long total() {
		return this.bytes.values().stream().mapToLong(Long::longValue).sum();
	}

	/**
	 * What has grown most.
	 * @param earlier what it consisted of earlier
	 * @return classes with the bytes that were added
	 */
	String growthSince(HeapByClass earlier) {
		return this.bytes.entrySet()
			.stream()
			.map((now) -> Map.entry(now.getKey(), now.getValue() - earlier.bytes.getOrDefault(now.getKey(), 0L)))
			.sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
			.limit(LARGEST)
			.map((grown) -> "%s %,d".formatted(grown.getKey(), grown.getValue()))
			.collect(Collectors.joining(", "));
	}

}
