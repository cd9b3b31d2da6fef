package dev.tidepool.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The core that the upstream is kept on, where the system allows that. A caller that is
 * alone shares it, with its whole process: each of the two sleeps while the other works,
 * and whether waking goes from core to core makes a factor of three, which has nothing to
 * do with the contenders.
 */
final class UpstreamCore {

	private static final String CORE = "0";

	private UpstreamCore() {
	}

	/**
	 * Whether the system lets us choose cores.
	 * @return whether it does
	 */
	static boolean isAvailable() {
		try {
			return new ProcessBuilder(command(List.of("true"))).start().onExit().join().exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
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

	/**
	 * Keep all threads of this process there, and those that they start.
	 */
	static void keepProcess() throws IOException {
		moveProcess(CORE);
	}

	/**
	 * Let them be on any core again.
	 */
	static void releaseProcess() throws IOException {
		moveProcess("0-" + (cores() - 1));
	}

	private static int cores() throws IOException {
		Process process = new ProcessBuilder("nproc", "--all").start();
		return Integer.parseInt(new String(process.getInputStream().readAllBytes()).strip());
	}

	private static void moveProcess(String cores) throws IOException {
		Process process = new ProcessBuilder("taskset", "-a", "-c", "-p", cores,
				Long.toString(ProcessHandle.current().pid()))
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		if (process.onExit().join().exitValue() != 0) {
			throw new IOException("This process cannot be kept on cores " + cores);
		}
	}

}
