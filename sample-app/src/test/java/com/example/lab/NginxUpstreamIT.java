package com.example.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowingConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.tidepool.testsupport.NginxServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What nginx tells the lab, and when it ends.
 */
@Timeout(60)
class NginxUpstreamIT {

	private static Path binary;

	@BeforeAll
	static void find() throws Exception {
		// Ends the test where there is none
		String version = NginxServer.version();
		Upstreams upstreams = Upstreams.ofThisMachine();
		assertThat(upstreams.name()).isEqualTo("nginx " + version.split(" ")[0]);
		binary = Objects.requireNonNull(upstreams.binary());
	}

	@Test
	void countsConnectionsAndRequestsWithoutItsOwn() throws Exception {
		try (NginxUpstream upstream = NginxUpstream.start(binary, Behaviour.text())) {
			assertThat(upstream.accepted()).isZero();
			assertThat(upstream.open()).isZero();
			try (Socket one = connect(upstream.port()); Socket other = connect(upstream.port())) {
				assertThat(exchange(one, "/")).endsWith("fine");
				assertThat(exchange(one, "/")).endsWith("fine");
				assertThat(exchange(other, "/")).endsWith("fine");
				assertThat(upstream.accepted()).isEqualTo(2);
				assertThat(upstream.open()).isEqualTo(2);
				assertThat(upstream.requests()).isEqualTo(3);
			}
			Awaitility.await().until(upstream::open, (open) -> open == 0);
			assertThat(upstream.accepted()).isEqualTo(2);
		}
	}

	@Test
	void countsBytesOfAnAnswerThatWasGivenUp() throws Exception {
		int length = 4 * 1024 * 1024;
		try (NginxUpstream upstream = NginxUpstream.start(binary, Behaviour.bodies(Map.of("large", length)))) {
			try (Socket socket = connect(upstream.port())) {
				send(socket, "/large");
				assertThat(socket.getInputStream().read()).isEqualTo('H');
			}
			assertThat(upstream.bytesSent()).isBetween(1L, length - 1L);
			assertThat(upstream.requests()).isEqualTo(1);
		}
	}

	@Test
	void headOfADelayedAnswerIsNotThereBefore() throws Exception {
		try (NginxUpstream upstream = NginxUpstream.start(binary, Behaviour.textAfter(200));
				Socket socket = connect(upstream.port())) {
			long begin = System.nanoTime();
			String response = exchange(socket, "/");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
			// Of two pieces, the second one has the end of the head
			assertThat(response.length()).isBetween(97, 192);
			assertThat(response.indexOf("\r\n\r\n")).isGreaterThan(96);
		}
	}

	@Test
	void closesIdleConnectionsUnasked() throws Exception {
		IdleTimeout timeout = new IdleTimeout(Duration.ofMillis(100), Duration.ZERO);
		try (NginxUpstream upstream = NginxUpstream.start(binary, Behaviour.text().closingIdle(timeout));
				Socket socket = connect(upstream.port())) {
			assertThat(exchange(socket, "/")).endsWith("fine").doesNotContainIgnoringCase("keep-alive: ");
			assertThat(socket.getInputStream().read()).isEqualTo(-1);
			assertThat(upstream.open()).isZero();
		}
	}

	@Test
	void endsWithTheLab() throws Exception {
		NginxUpstream upstream = NginxUpstream.start(binary, Behaviour.text());
		upstream.close();
		assertThat(accepts(upstream.port())).isFalse();
	}

	@Test
	void endsWithTheJvmThoughThatIsKilled() throws Exception {
		assertEndsWith((jvm) -> jvm.destroyForcibly().waitFor());
	}

	@Test
	void endsWithTheTerminalWhoseHangUpReachesAllProcesses() throws Exception {
		assertEndsWith((jvm) -> {
			List<String> command = new ArrayList<>(List.of("sh", "-c", "kill -HUP \"$@\"", "sh"));
			Stream.concat(jvm.descendants(), Stream.of(jvm.toHandle()))
				.map((process) -> Long.toString(process.pid()))
				.forEach(command::add);
			assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
		});
	}

	private static void assertEndsWith(ThrowingConsumer<Process> end) throws Exception {
		// Who runs the tests may have them ignore a hang-up, which processes inherit
		Process jvm = new ProcessBuilder("env", "--default-signal=HUP",
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), Running.class.getName(), binary.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		try {
			int port = Integer.parseInt(jvm.inputReader().readLine());
			assertThat(accepts(port)).isTrue();
			end.accept(jvm);
			Awaitility.await().until(() -> !accepts(port));
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	@Test
	void endsWithARunThatIsBrokenOff() throws Exception {
		LabRuns runs = new LabRuns((upstreams) -> List.of(new SmallPool(upstreams, 10_000)));
		assertThat(runs.start()).isTrue();
		// The first one is a trial, these are those of both sides
		Awaitility.await().until(NginxUpstreamIT::running, (running) -> running == 2);
		runs.destroy();
		Awaitility.await().until(NginxUpstreamIT::running, (running) -> running == 0);
	}

	private static long running() {
		return ProcessHandle.current()
			.children()
			.filter((process) -> process.info().command().filter((command) -> command.contains("nginx")).isPresent())
			.count();
	}

	private static Socket connect(int port) throws IOException {
		Socket socket = new Socket();
		socket.connect(new InetSocketAddress("127.0.0.1", port));
		return socket;
	}

	private static boolean accepts(int port) {
		try (Socket socket = connect(port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static void send(Socket socket, String path) throws IOException {
		socket.getOutputStream()
			.write("GET %s HTTP/1.1\r\nHost: lab\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII));
	}

	private static String exchange(Socket socket, String path) throws IOException {
		send(socket, path);
		StringBuilder response = new StringBuilder();
		while (response.indexOf("fine") < 0) {
			int b = socket.getInputStream().read();
			assertThat(b).as("the byte after '%s'", response).isNotNegative();
			response.append((char) b);
		}
		return response.toString();
	}

	/**
	 * A JVM with an nginx, which waits to be killed.
	 */
	static final class Running {

		private Running() {
		}

		public static void main(String[] args) throws Exception {
			System.out.println(NginxUpstream.start(Path.of(args[0]), Behaviour.text()).port());
			// Ends too when nobody is left to kill it
			System.in.read();
		}

	}

}
