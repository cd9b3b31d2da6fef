package dev.tidepool.bounds;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import dev.tidepool.measured.Client;

/**
 * The sample application in a process of its own, so that its threads and its heap are
 * not those of who measures. It is compiled from its sources, as it is built after this
 * module.
 */
final class BoundsSample implements AutoCloseable {

	private static final Path SOURCES = Path.of(System.getProperty("tidepool.sample.folder", "../sample-app"),
			"src/main");

	private final Process process;

	private final BufferedReader answers;

	private final PrintStream questions;

	private final URI url;

	private BoundsSample(Process process) throws IOException {
		this.process = process;
		this.answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
		this.questions = new PrintStream(process.getOutputStream(), true);
		this.url = URI.create("http://127.0.0.1:" + answer());
	}

	/**
	 * Start the application.
	 * @param client what it calls its upstreams with; without Tidepool it has a read
	 * time-out of its own for the carriers
	 * @param carriers the URL of the upstream that stands for the carriers
	 * @return the running application
	 */
	static BoundsSample start(Client client, String carriers) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
						classPath(), BoundsSampleMain.class.getName()));
		Stream
			.of("spring.main.banner-mode=off", "logging.level.root=error", "server.port=0", "server.address=127.0.0.1",
					"server.shutdown=immediate", "carriers.url=" + carriers,
					// A thousand callers may connect at once, and no SYN has to be
					// repeated
					"server.tomcat.accept-count=1000",
					// Nobody calls these
					"inventory.url=http://127.0.0.1:1", "payment.url=http://127.0.0.1:2")
			.map("--"::concat)
			.forEach(command::add);
		client.properties().stream().map("--"::concat).forEach(command::add);
		if (client != Client.TIDEPOOL) {
			command.add("--spring.http.serviceclient.carriers.read-timeout=250ms");
		}
		return new BoundsSample(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
	}

	private static String classPath() throws IOException {
		return Stream
			.of(compile().toString(), SOURCES.resolve("resources").toString(), System.getProperty("java.class.path"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static Path compile() throws IOException {
		Path classes = Files.createDirectories(Path.of("target", "sample-classes"));
		List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-parameters", "-proc:none",
				"-classpath", System.getProperty("java.class.path")));
		try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(arguments::add);
		}
		int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
		if (result != 0) {
			throw new IllegalStateException("The sample application does not compile");
		}
		return classes;
	}

	URI url() {
		return this.url;
	}

	/**
	 * How it is now.
	 */
	State state() throws IOException {
		return ask("now");
	}

	/**
	 * How it is after a garbage collection.
	 */
	State stateAfterCollection() throws IOException {
		return ask(BoundsSampleMain.AFTER_COLLECTION);
	}

	private synchronized State ask(String question) throws IOException {
		this.questions.println(question);
		long[] numbers = Arrays.stream(answer().split(" ")).mapToLong(Long::parseLong).toArray();
		return new State(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
	}

	private String answer() throws IOException {
		for (String line = this.answers.readLine(); line != null; line = this.answers.readLine()) {
			if (line.startsWith(BoundsSampleMain.ANSWER)) {
				return line.substring(BoundsSampleMain.ANSWER.length());
			}
			System.out.println(line);
		}
		throw new IOException("The sample application has ended");
	}

	@Override
	public void close() {
		this.questions.close();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * How the application is.
	 *
	 * @param threads its threads
	 * @param heap bytes of its heap that are used
	 * @param calls calls that its executor runs or has queued
	 * @param active connections that calls hold, as Tidepool counts them
	 * @param pending calls that wait for one, as Tidepool counts them
	 */
	record State(long threads, long heap, long calls, long active, long pending) {

		boolean isQuiet() {
			return this.calls == 0 && this.active == 0 && this.pending == 0;
		}

	}

}
