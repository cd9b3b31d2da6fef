package dev.tidepool.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Callers in a program that is no JVM. For each line that it reads it prints what it has
 * done so far, and once more when there are no lines left and its last call is answered.
 */
final class ForeignCallers implements Traffic {

	private final List<String> command;

	private final int callers;

	private @Nullable Process process;

	private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

	private Totals last = new Totals(0, 0, 0);

	private volatile boolean stopped;

	ForeignCallers(List<String> command, int callers) {
		this.command = command;
		this.callers = callers;
	}

	@Override
	public void start(Consumer<Throwable> failure) {
		try {
			Process process = new ProcessBuilder(this.command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
			this.ended = process.onExit().thenAccept((exited) -> {
				if (!this.stopped || exited.exitValue() != 0) {
					failure.accept(new IllegalStateException(
							"%s ended with %d: see above".formatted(this.command.get(0), exited.exitValue())));
				}
			});
			this.process = process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void stop() {
		Process process = this.process;
		if (process != null) {
			this.stopped = true;
			try {
				process.outputWriter().close();
				read(process);
			}
			catch (IOException ex) {
				// It has ended before, which was told as a failure
			}
			this.ended.join();
		}
	}

	@Override
	public int callers() {
		return this.callers;
	}

	@Override
	public long calls() {
		return totals().calls();
	}

	@Override
	public long cpuNanos() {
		return totals().cpuNanos();
	}

	@Override
	public long allocatedBytes() {
		return totals().allocatedBytes();
	}

	private Totals totals() {
		Process process = this.process;
		if (process != null && !this.stopped) {
			try {
				process.outputWriter().write('\n');
				process.outputWriter().flush();
				read(process);
			}
			catch (IOException ex) {
				// It has ended, which is told as a failure
			}
		}
		return this.last;
	}

	private void read(Process process) throws IOException {
		String line = process.inputReader().readLine();
		if (line != null) {
			this.last = Totals.parse(line);
		}
	}

	/**
	 * What it has done and used since it was started.
	 *
	 * @param calls how many were answered
	 * @param cpuNanos the CPU time of the process
	 * @param allocatedBytes what it has allocated
	 */
	record Totals(long calls, long cpuNanos, long allocatedBytes) {

		static Totals parse(String line) {
			String[] parts = line.split(" ");
			return new Totals(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
		}

	}

}
