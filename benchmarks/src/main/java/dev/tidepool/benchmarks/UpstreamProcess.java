package dev.tidepool.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * What the contenders call, in a process of its own: nginx, else a small server in Java,
 * without TLS.
 */
final class UpstreamProcess implements AutoCloseable {

	/**
	 * After which idle time nginx closes, longer than any measured pause.
	 */
	static final int KEEP_ALIVE_SECONDS = 120;

	private static final Path NGINX = Path.of("/usr/sbin/nginx");

	private final String name;

	private final Process process;

	private final Path folder;

	private final List<Integer> ports;

	private final @Nullable Certificate certificate;

	private UpstreamProcess(String name, Process process, Path folder, List<Integer> ports,
			@Nullable Certificate certificate) {
		this.name = name;
		this.process = process;
		this.folder = folder;
		this.ports = List.copyOf(ports);
		this.certificate = certificate;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
	}

	/**
	 * Whether nginx is installed, without which there is no TLS and no large body.
	 * @return whether it is
	 */
	static boolean hasNginx() {
		return Files.isExecutable(NGINX);
	}

	/**
	 * Start it.
	 * @param core whether to keep it on the {@linkplain UpstreamCore core}
	 * @param tls whether it speaks TLS
	 * @return the running process
	 */
	static UpstreamProcess start(boolean core, boolean tls) throws IOException, InterruptedException {
		if (hasNginx()) {
			return nginx(core, tls, KEEP_ALIVE_SECONDS);
		}
		if (tls) {
			throw new IllegalStateException("There is no TLS without nginx");
		}
		return java(core, 1);
	}

	static UpstreamProcess nginx(boolean core, boolean tls, int keepAliveSeconds)
			throws IOException, InterruptedException {
		Path folder = Files.createTempDirectory("tidepool-benchmark");
		Certificate certificate = tls ? Certificate.make(folder, "upstream") : null;
		int port = freePort();
		List<String> command = NginxFolder.command(NGINX, folder,
				NginxFolder.write(folder, port, keepAliveSeconds, certificate));
		Process process = new ProcessBuilder(core ? UpstreamCore.command(command) : command).inheritIO().start();
		UpstreamProcess upstream = new UpstreamProcess(nginxVersion(), process, folder, List.of(port), certificate);
		upstream.awaitAccepts();
		return upstream;
	}

	private static String nginxVersion() throws IOException {
		Process process = new ProcessBuilder(NGINX.toString(), "-v").redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			return output.readLine().replaceFirst("^nginx version: ", "");
		}
	}

	static UpstreamProcess java(boolean core, int numberOfPorts) throws IOException {
		Path folder = Files.createTempDirectory("tidepool-benchmark");
		List<String> command = JavaProcess.command(JavaProcess.HOME, PlainUpstream.class, List.of());
		command.add(Integer.toString(numberOfPorts));
		Process process = new ProcessBuilder(core ? UpstreamCore.command(command) : command)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		List<Integer> ports = process.inputReader().lines().limit(numberOfPorts).map(Integer::valueOf).toList();
		return new UpstreamProcess("a plain server in Java, for want of nginx", process, folder, ports, null);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitAccepts() throws InterruptedException {
		while (this.process.isAlive()) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.ports.get(0)));
				return;
			}
			catch (IOException ex) {
				Thread.sleep(10);
			}
		}
		throw new IllegalStateException("The upstream ended: see above");
	}

	/**
	 * How it is called.
	 * @param exchange what is sent and answered
	 * @return the request
	 */
	Request request(Exchange exchange) {
		return request(exchange, 0);
	}

	/**
	 * How it is called on one of its ports, where nobody else's connections are counted.
	 * @param exchange what is sent and answered
	 * @param port the number of the port, from 0
	 * @return the request
	 */
	Request request(Exchange exchange, int port) {
		URI uri = URI.create("%s://127.0.0.1:%d%s".formatted((this.certificate != null) ? "https" : "http",
				this.ports.get(port), exchange.path()));
		return new Request(exchange, uri, (this.certificate != null) ? this.certificate.certificate() : null);
	}

	/**
	 * Its processes: nginx has one that starts the one that serves.
	 * @return all of them
	 */
	List<ProcessHandle> processes() {
		return Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants()).toList();
	}

	@Override
	public String toString() {
		return this.name;
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		this.process.onExit().join();
		FileSystemUtils.deleteRecursively(this.folder);
	}

}
