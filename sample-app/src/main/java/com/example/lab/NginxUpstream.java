package com.example.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

import org.springframework.util.FileSystemUtils;

/**
 * An nginx on a free port of the loopback address, as a process of its own, which ends
 * with this one.
 */
final class NginxUpstream implements Upstream {

	private static final int MOST_STARTS = 3;

	private static final Duration TIME_TO_START = Duration.ofSeconds(10);

	private static final Duration TIME_TO_END = Duration.ofSeconds(2);

	// The input ends when it is closed, and with this JVM, however that ends; a terminal
	// that is closed tells all of them. nginx replaces the shell
	private static final String UNTIL_INPUT_ENDS = """
			exec 3<&0
			{ trap '' HUP INT TERM; cat <&3; kill $$; rm -rf "$FOLDER"; } >/dev/null 2>&1 &
			exec "$@"
			""";

	private final NginxFolder folder;

	private final int port;

	private final Process process;

	private int asked;

	private NginxUpstream(NginxFolder folder, int port, Process process) {
		this.folder = folder;
		this.port = port;
		this.process = process;
	}

	/**
	 * Start one.
	 * @param binary the program
	 * @param behaviour what it does
	 * @return the running upstream
	 * @throws IOException if it does not start
	 */
	static NginxUpstream start(Path binary, Behaviour behaviour) throws IOException, InterruptedException {
		for (int attempt = 1;; attempt++) {
			NginxUpstream upstream = launch(binary, behaviour);
			boolean ready = false;
			try {
				ready = upstream.isReady();
			}
			finally {
				if (!ready) {
					upstream.close();
				}
			}
			if (ready) {
				return upstream;
			}
			// Another process may have taken the port meanwhile
			if (attempt == MOST_STARTS) {
				throw new IOException("It did not start: " + upstream.output());
			}
		}
	}

	private static NginxUpstream launch(Path binary, Behaviour behaviour) throws IOException {
		NginxFolder folder = NginxFolder.create();
		try {
			int port = freePort();
			folder.write(port, behaviour);
			ProcessBuilder builder = new ProcessBuilder("sh", "-c", UNTIL_INPUT_ENDS, "sh", binary.toString(), "-p",
					folder.path().toString(), "-c", folder.configuration().toString());
			builder.environment().put("FOLDER", folder.path().toString());
			return new NginxUpstream(folder, port, builder.redirectErrorStream(true).start());
		}
		catch (IOException ex) {
			// There is no shell that would delete it
			FileSystemUtils.deleteRecursively(folder.path());
			throw ex;
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	private boolean isReady() throws InterruptedException {
		return Await.until(() -> !this.process.isAlive() || answers(), TIME_TO_START) && this.process.isAlive();
	}

	private boolean answers() {
		try {
			ask();
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private String output() {
		try {
			return new String(this.process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1).strip();
		}
		catch (IOException ex) {
			return "no answer within %d s, and it had to be killed".formatted(TIME_TO_START.toSeconds());
		}
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public int accepted() {
		int accepted = status().accepted();
		return accepted - this.asked;
	}

	@Override
	public int open() {
		return status().open() - 1;
	}

	@Override
	public int requests() throws IOException, InterruptedException {
		return bytesOfAll().size();
	}

	@Override
	public OptionalInt cut() {
		return OptionalInt.empty();
	}

	@Override
	public long bytesSent() throws IOException, InterruptedException {
		return bytesOfAll().stream().mapToLong(Long::longValue).sum();
	}

	// A request is in the log just after its response was sent, and before the status is
	// told, as there is one process with one thread
	private List<Long> bytesOfAll() throws IOException, InterruptedException {
		Await.until(() -> status().underWay() == 1, TIME_TO_END);
		return this.folder.bytesSent();
	}

	private NginxStatus status() {
		try {
			return ask();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("nginx does not tell its status any more", ex);
		}
	}

	private NginxStatus ask() throws IOException {
		NginxStatus status = NginxStatus.ask(this.port, this.folder.statusPath());
		this.asked++;
		return status;
	}

	@Override
	public void close() {
		try {
			this.process.getOutputStream().close();
			if (!this.process.waitFor(TIME_TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			this.process.destroyForcibly();
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
