package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.util.FileSystemUtils;

/**
 * A real server of any kind, with a configuration of its own in a temporary folder, on a
 * port of 127.0.0.1. Skips a test as {@link NginxServer} does where it is not installed.
 */
public final class ServerProcess implements AutoCloseable {

	/**
	 * The log with what the process writes to its standard output and error.
	 */
	public static final String OUTPUT = "output.log";

	private static final int MAX_STARTS = 3;

	private static final Duration DEADLINE = Duration.ofSeconds(15);

	private static final Pattern VERSION = Pattern.compile("\\d+(\\.\\d+)+");

	private final Path folder;

	private final int port;

	private final List<String> command;

	private Process process;

	private int starts;

	private ServerProcess(Recipe recipe, Path folder) throws IOException {
		this.folder = folder;
		this.port = freePort();
		this.command = recipe.preparation().prepare(recipe.find(), folder, this.port);
		launch();
	}

	/**
	 * Start a server, and wait until it accepts connections.
	 * @param recipe what to start
	 * @return the server
	 */
	public static ServerProcess start(Recipe recipe) throws IOException {
		for (int attempt = 1;; attempt++) {
			Path folder = Files.createTempDirectory("tidepool-" + recipe.program());
			// Servers that root starts go on as another user
			Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
			ServerProcess server = new ServerProcess(recipe, folder);
			if (server.isReady()) {
				return server;
			}
			// Another process may have taken the port meanwhile
			String output = server.output();
			server.close();
			if (attempt == MAX_STARTS) {
				throw new IOException(recipe.program() + " did not start: " + output);
			}
		}
	}

	private void launch() throws IOException {
		ProcessBuilder builder = new ProcessBuilder(this.command).directory(this.folder.toFile())
			.redirectErrorStream(true)
			// Not appended: HAProxy drops the flag, and would write over what is there
			.redirectOutput(this.folder.resolve(OUTPUT + "." + ++this.starts).toFile());
		builder.environment().put("HOME", this.folder.toString());
		this.process = builder.start();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean isReady() {
		try {
			Awaitility.await()
				.pollInterval(Duration.ofMillis(20))
				.atMost(DEADLINE)
				.until(() -> !this.process.isAlive() || accepts());
			return this.process.isAlive();
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress("127.0.0.1", this.port), (int) DEADLINE.toMillis());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public int port() {
		return this.port;
	}

	public String url() {
		return "http://127.0.0.1:" + this.port;
	}

	/**
	 * The lines of a log, of all starts.
	 * @param name its name in the folder of the server
	 * @return the lines, none if there is no such log
	 */
	public List<String> lines(String name) throws IOException {
		List<String> lines = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.folder, name + "*")) {
			for (Path file : files) {
				lines.addAll(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
			}
		}
		return lines;
	}

	private String output() throws IOException {
		return String.join("\n", lines(OUTPUT)) + String.join("\n", lines("error.log"));
	}

	/**
	 * End the process, so that connections are closed and refused until it is started
	 * again.
	 */
	public void stop() {
		List<ProcessHandle> children = this.process.descendants().toList();
		this.process.destroy();
		try {
			if (!this.process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		children.forEach(ProcessHandle::destroyForcibly);
	}

	/**
	 * Start it again after {@link #stop}, where it was.
	 */
	public void startAgain() throws IOException {
		for (int attempt = 1;; attempt++) {
			launch();
			if (isReady()) {
				return;
			}
			if (attempt == MAX_STARTS) {
				throw new IOException(this.command.get(0) + " did not start again: " + output());
			}
		}
	}

	@Override
	public void close() throws IOException {
		stop();
		FileSystemUtils.deleteRecursively(this.folder);
	}

	/**
	 * What to start.
	 *
	 * @param program the name of the program
	 * @param debianPackage what to install on Debian
	 * @param preparation of its configuration
	 */
	public record Recipe(String program, String debianPackage, Preparation preparation) {

		private Path find() {
			return RequiredBinary.find(this.program, this.debianPackage);
		}

		/**
		 * The version of the installed program.
		 * @param arguments what makes it tell
		 * @return the version
		 */
		public String version(String... arguments) throws IOException {
			String[] command = Stream.concat(Stream.of(find().toString()), Stream.of(arguments)).toArray(String[]::new);
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			try (InputStream output = process.getInputStream()) {
				String text = new String(output.readAllBytes(), StandardCharsets.ISO_8859_1);
				Matcher version = VERSION.matcher(text);
				if (!version.find()) {
					throw new IOException("%s does not tell its version: %s".formatted(this.program, text));
				}
				return version.group();
			}
		}

	}

	/**
	 * Writes what a server needs.
	 */
	@FunctionalInterface
	public interface Preparation {

		/**
		 * Prepare the folder.
		 * @param program where the program is
		 * @param folder the folder that it will run in
		 * @param port the port of 127.0.0.1 that it has to listen on
		 * @return the command that starts it
		 */
		List<String> prepare(Path program, Path folder, int port) throws IOException;

		/**
		 * Copy a resource of the tests, with values for what it has as
		 * <code>${...}</code>.
		 * @param resource its name, from the root of the class path on
		 * @param folder where to
		 * @param values the values
		 * @return the file
		 */
		static Path copy(String resource, Path folder, Map<String, String> values) throws IOException {
			try (InputStream content = ServerProcess.class.getResourceAsStream(resource)) {
				String text = new String(content.readAllBytes(), StandardCharsets.UTF_8);
				for (Map.Entry<String, String> value : values.entrySet()) {
					text = text.replace("${" + value.getKey() + "}", value.getValue());
				}
				return Files.writeString(folder.resolve(Path.of(resource).getFileName()), text);
			}
		}

	}

}
