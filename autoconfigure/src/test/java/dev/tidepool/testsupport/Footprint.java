package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What of this process a test may leak: descriptors that are no files, since the JVM
 * opens jars when it likes, and threads of Tidepool.
 *
 * @param descriptors sockets, pipes and selectors, how many there are of each kind
 * @param threads the names of the threads
 */
public record Footprint(Map<String, Long> descriptors, List<String> threads) {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	static {
		// The JVM opens a socket of its own with the first one, and keeps it
		try (SocketChannel channel = SocketChannel.open(); Selector selector = Selector.open()) {
			channel.configureBlocking(false).register(selector, 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Look at the process.
	 * @return what it has now
	 */
	public static Footprint measure() {
		return new Footprint(openDescriptors(), ownThreads());
	}

	/**
	 * Assert that nothing was added.
	 * @param before what there was
	 */
	public void assertNotAbove(Footprint before) {
		this.descriptors.forEach((kind, count) -> assertThat(count).as("open descriptors: %s", kind)
			.isLessThanOrEqualTo(before.descriptors.getOrDefault(kind, 0L)));
		assertThat(this.threads).as("threads").hasSizeLessThanOrEqualTo(before.threads.size());
	}

	private static Map<String, Long> openDescriptors() {
		if (!Files.exists(DESCRIPTORS)) {
			return Map.of();
		}
		try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
			return descriptors.map(Footprint::target)
				.filter((target) -> !target.isEmpty() && !target.startsWith("/"))
				.map((target) -> target.replaceAll(":\\[\\d+]", ""))
				.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String target(Path descriptor) {
		try {
			return Files.readSymbolicLink(descriptor).toString();
		}
		catch (IOException ex) {
			// Closed meanwhile
			return "";
		}
	}

	private static List<String> ownThreads() {
		// Those that resolve names do not stay
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter(Thread::isAlive)
			.map(Thread::getName)
			.filter((name) -> name.startsWith("tidepool") && !name.equals("tidepool-resolver"))
			.sorted()
			.toList();
	}

}
