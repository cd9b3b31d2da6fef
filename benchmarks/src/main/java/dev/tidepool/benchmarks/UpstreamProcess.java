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

import org.springframework.util.FileSystemUtils;

/**
 * What the contenders call, in a process of its own: nginx, else a small server in Java.
 */
final class UpstreamProcess implements AutoCloseable {

	/**
	 * What it answers: 180 bytes.
	 */
	static final String BODY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW\n".repeat(3);

	private static final Path NGINX = Path.of("/usr/sbin/nginx");

	private static final String NGINX_CONFIGURATION = """
			daemon off;
			worker_processes 1;
			worker_rlimit_nofile 4096;
			pid nginx.pid;
			error_log stderr;
			events { worker_connections 4096; }
			http {
				access_log off;
				keepalive_timeout 60s;
				keepalive_requests 1000000000;
				client_body_temp_path body;
				proxy_temp_path proxy;
				fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi;
				scgi_temp_path scgi;
				server {
					listen 127.0.0.1:%d backlog=4096;
					location / {
						default_type text/plain;
						return 200 "%s";
					}
				}
			}
			""";

	private final String name;

	private final Process process;

	private final Path directory;

	private final int port;

	private UpstreamProcess(String name, Process process, Path directory, int port) {
		this.name = name;
		this.process = process;
		this.directory = directory;
		this.port = port;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
	}

	/**
	 * Start it.
	 * @param core whether it has to stay on one core
	 * @return the running process
	 */
	static UpstreamProcess start(boolean core) throws IOException, InterruptedException {
		return Files.isExecutable(NGINX) ? nginx(core) : java(core);
	}

	private static UpstreamProcess nginx(boolean core) throws IOException, InterruptedException {
		Path directory = Files.createTempDirectory("tidepool-benchmark");
		int port = freePort();
		Path configuration = directory.resolve("nginx.conf");
		Files.writeString(configuration, NGINX_CONFIGURATION.formatted(port, BODY));
		List<String> command = List.of(NGINX.toString(), "-p", directory.toString(), "-c", configuration.toString(),
				"-e", "stderr");
		Process process = new ProcessBuilder(core ? UpstreamCore.command(command) : command).inheritIO().start();
		UpstreamProcess upstream = new UpstreamProcess(nginxVersion(), process, directory, port);
		upstream.awaitAccepts();
		return upstream;
	}

	private static String nginxVersion() throws IOException {
		Process process = new ProcessBuilder(NGINX.toString(), "-v").redirectErrorStream(true).start();
		try (BufferedReader output = process.inputReader()) {
			return output.readLine().replaceFirst("^nginx version: ", "");
		}
	}

	static UpstreamProcess java(boolean core) throws IOException {
		Path directory = Files.createTempDirectory("tidepool-benchmark");
		List<String> command = JavaProcess.command(PlainUpstream.class, List.of());
		Process process = new ProcessBuilder(core ? UpstreamCore.command(command) : command)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		int port = Integer.parseInt(process.inputReader().readLine());
		return new UpstreamProcess("a plain server in Java, for want of nginx", process, directory, port);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitAccepts() throws InterruptedException {
		while (this.process.isAlive()) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port));
				return;
			}
			catch (IOException ex) {
				Thread.sleep(10);
			}
		}
		throw new IllegalStateException("The upstream ended: see above");
	}

	URI uri() {
		return URI.create("http://127.0.0.1:%d/items/1".formatted(this.port));
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
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
