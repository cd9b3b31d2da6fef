package dev.tidepool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The core that the upstream is kept on, where the system allows that. A caller that is
 * alone shares it: each of the two sleeps while the other works, and whether waking goes
 * from core to core makes a factor of three, which has nothing to do with the contenders.
 */
final class UpstreamCore {

	private static final String CORE = "0";

	private static final Path THREAD = Path.of("/proc/thread-self");

	private UpstreamCore() {
	}

	/**
	 * Whether the system lets us choose cores. Tried on a thread of its own, since what
	 * that one starts stays there too.
	 * @return whether it does
	 */
	static boolean isAvailable() {
		return CompletableFuture.supplyAsync(() -> {
			try {
				keepCurrentThread();
				return true;
			}
			catch (IOException ex) {
				return false;
			}
		}, (task) -> new Thread(task).start()).join();
	}

	/**
	 * Keep a process on the core.
	 * @param command how to start the process
	 * @return how to start it there
	 */
	static List<String> command(List<String> command) {
		List<String> kept = new ArrayList<>(List.of("taskset", "-c", CORE));
		kept.addAll(command);
		return kept;
	}

	static void keepCurrentThread() throws IOException {
		String id = Files.readSymbolicLink(THREAD).getFileName().toString();
		Process process = new ProcessBuilder("taskset", "-c", "-p", CORE, id).start();
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException("Thread %s cannot be kept on core %s".formatted(id, CORE));
		}
	}

}
