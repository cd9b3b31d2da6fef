package dev.tidepool.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.util.FileSystemUtils;

/**
 * A real nginx with a configuration of its own in a temporary folder, that answers each
 * request with 200. Its logs tell which requests came on which connection, and who closed
 * a connection first: nginx notes "client closed keepalive connection" when the client
 * did, and nothing when its own time-out did.
 * <p>
 * Where nginx is not installed a test is skipped, or fails if
 * {@value RequiredBinary#REQUIRE_SERVERS}=true is set as system property or environment
 * variable.
 */
public final class NginxServer implements AutoCloseable {

	/**
	 * The {@code keepalive_timeout} that nginx has when none is configured.
	 */
	public static final Duration DEFAULT_KEEP_ALIVE = Duration.ofSeconds(75);

	private static final int MAX_STARTS = 3;

	private static final Duration DEADLINE = Duration.ofSeconds(10);

	private static final int MAX_CONNECTIONS = 16_384;

	private static final Pattern CLIENT_CLOSED = Pattern.compile("\\*(\\d+) client \\S+ closed keepalive connection");

	private final Path binary;

	private final Path folder;

	private final List<InetSocketAddress> addresses;

	private final boolean tls;

	private Process process;

	private NginxServer(Path binary, Path folder, List<InetSocketAddress> addresses, boolean tls) throws IOException {
		this.binary = binary;
		this.folder = folder;
		this.addresses = addresses;
		this.tls = tls;
		this.process = launch();
	}

	/**
	 * Start nginx on one address.
	 * @param keepAlive its {@code keepalive_timeout}
	 * @return the server
	 */
	public static NginxServer start(Duration keepAlive) throws IOException {
		return start(keepAlive, 1);
	}

	/**
	 * Start nginx on some addresses of the loopback network, each of which is an upstream
	 * of its own to a client.
	 * @param keepAlive its {@code keepalive_timeout}
	 * @param addresses how many addresses, from 127.0.0.1 on
	 * @return the server
	 */
	public static NginxServer start(Duration keepAlive, int addresses) throws IOException {
		return start(keepAlive, null, () -> {
			int port = freePorts(1).get(0);
			return IntStream.range(0, addresses)
				.mapToObj((address) -> new InetSocketAddress("127.0.0." + (address + 1), port))
				.toList();
		});
	}

	/**
	 * Start nginx on some ports, each of which is an upstream of its own to a client.
	 * @param keepAlive its {@code keepalive_timeout}
	 * @param ports how many ports
	 * @param certificate the certificate to speak TLS with, of those that {@link TestTls}
	 * has, or {@code null} to speak plain HTTP
	 * @return the server
	 */
	public static NginxServer startOnPorts(Duration keepAlive, int ports, String certificate) throws IOException {
		return start(keepAlive, certificate,
				() -> freePorts(ports).stream().map((port) -> new InetSocketAddress("127.0.0.1", port)).toList());
	}

	private static NginxServer start(Duration keepAlive, String certificate, Addresses addresses) throws IOException {
		Path binary = requireBinary();
		for (int attempt = 1;; attempt++) {
			NginxServer server = launch(binary, keepAlive, certificate, addresses.find());
			if (server.isReady()) {
				return server;
			}
			// Another process may have taken the port meanwhile
			String log = server.output();
			server.close();
			if (attempt == MAX_STARTS) {
				throw new IOException("nginx did not start: " + log);
			}
		}
	}

	private static NginxServer launch(Path binary, Duration keepAlive, String certificate,
			List<InetSocketAddress> addresses) throws IOException {
		Path folder = Files.createTempDirectory("tidepool-nginx");
		if (certificate != null) {
			TestTls.copy(certificate, folder);
		}
		Files.writeString(folder.resolve("nginx.conf"), configuration(folder, keepAlive, certificate, addresses));
		return new NginxServer(binary, folder, addresses, certificate != null);
	}

	private Process launch() throws IOException {
		return new ProcessBuilder(this.binary.toString(), "-p", this.folder.toString(), "-c",
				this.folder.resolve("nginx.conf").toString())
			.redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("output.log").toFile())
			.start();
	}

	private static String configuration(Path folder, Duration keepAlive, String certificate,
			List<InetSocketAddress> addresses) {
		String listen = addresses.stream()
			.map((address) -> "listen %s:%d%s;".formatted(address.getHostString(), address.getPort(),
					(certificate != null) ? " ssl" : ""))
			.collect(Collectors.joining("\n    "));
		String keys = (certificate != null)
				? "ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate %1$s/%2$s.crt; ssl_certificate_key %1$s/%2$s.key;"
					.formatted(folder, certificate)
				: "";
		String temporary = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
			.map((kind) -> "%s_temp_path %s/%s;".formatted(kind, folder, kind))
			.collect(Collectors.joining("\n  "));
		return """
				daemon off;
				master_process off;
				pid %1$s/nginx.pid;
				error_log %1$s/error.log info;
				events {
				  worker_connections %2$d;
				}
				http {
				  %3$s
				  log_format counted '$connection $connection_requests $request_method $status $http_x_id';
				  access_log %1$s/access.log counted;
				  keepalive_timeout %4$dms;
				  %5$s
				  server {
				    %6$s
				    location / {
				      return 200 "fine";
				    }
				  }
				}
				""".formatted(folder, MAX_CONNECTIONS, temporary, keepAlive.toMillis(), keys, listen);
	}

	private static List<Integer> freePorts(int number) throws IOException {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < number; i++) {
				sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
			}
			return sockets.stream().map(ServerSocket::getLocalPort).toList();
		}
		finally {
			for (ServerSocket socket : sockets) {
				socket.close();
			}
		}
	}

	private static Path requireBinary() {
		return RequiredBinary.find("nginx", "nginx-light");
	}

	/**
	 * The version of the installed nginx.
	 */
	public static String version() throws IOException {
		Process process = new ProcessBuilder(requireBinary().toString(), "-v").redirectErrorStream(true).start();
		try (InputStream output = process.getInputStream()) {
			String line = new String(output.readAllBytes(), StandardCharsets.ISO_8859_1).strip();
			return line.substring(line.indexOf('/') + 1);
		}
	}

	private boolean isReady() {
		try {
			Awaitility.await().atMost(DEADLINE).until(() -> !this.process.isAlive() || accepts());
			return this.process.isAlive();
		}
		catch (ConditionTimeoutException ex) {
			return false;
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(this.addresses.get(0), (int) DEADLINE.toMillis());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private String output() throws IOException {
		Path log = this.folder.resolve("output.log");
		return Files.exists(log) ? Files.readString(log).strip() : "";
	}

	public int port() {
		return port(0);
	}

	/**
	 * One of the ports.
	 * @param address the number of the address, from 0
	 */
	public int port(int address) {
		return this.addresses.get(address).getPort();
	}

	/**
	 * All its ports.
	 */
	public Set<Integer> ports() {
		return this.addresses.stream().map(InetSocketAddress::getPort).collect(Collectors.toSet());
	}

	public String url() {
		return url(0);
	}

	/**
	 * The URL of one of the addresses.
	 * @param address its number, from 0
	 * @return the URL
	 */
	public String url(int address) {
		// The certificates are for this name
		return this.tls ? "https://localhost:" + port(address)
				: "http://" + this.addresses.get(address).getHostString() + ":" + port(address);
	}

	/**
	 * The requests that were answered, in their order.
	 */
	public List<Request> requests() throws IOException {
		return lines("access.log").map(Request::parse).toList();
	}

	/**
	 * How often each {@code X-Id} arrived.
	 */
	public Map<String, Integer> requestsById() throws IOException {
		Map<String, Integer> counts = new TreeMap<>();
		requests().forEach((request) -> counts.merge(request.id(), 1, Integer::sum));
		return counts;
	}

	/**
	 * What became of the connections that carried a request. Waits until all of them are
	 * closed, because only then is it known who was first.
	 */
	public Connections connections() throws IOException {
		Awaitility.await().atMost(DEADLINE).until(() -> Sockets.heldByServer(ports()), (held) -> held == 0);
		Set<Long> opened = requests().stream().map(Request::connection).collect(Collectors.toSet());
		Set<Long> closedByClient = lines("error.log").map(CLIENT_CLOSED::matcher)
			.filter(Matcher::find)
			.map((line) -> Long.valueOf(line.group(1)))
			.collect(Collectors.toSet());
		int byClient = (int) opened.stream().filter(closedByClient::contains).count();
		return new Connections(opened.size(), byClient, opened.size() - byClient);
	}

	private Stream<String> lines(String log) throws IOException {
		Path file = this.folder.resolve(log);
		return Files.exists(file) ? Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream() : Stream.empty();
	}

	/**
	 * End the process, so that connections are closed and refused until it is started
	 * again.
	 */
	public void stop() {
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
	}

	/**
	 * Start it again after {@link #stop}, where it was.
	 */
	public void startAgain() throws IOException {
		this.process = launch();
		if (!isReady()) {
			throw new IOException("nginx did not start again: " + output());
		}
	}

	@Override
	public void close() throws IOException {
		stop();
		FileSystemUtils.deleteRecursively(this.folder);
	}

	/**
	 * Finds addresses that are free.
	 */
	@FunctionalInterface
	private interface Addresses {

		List<InetSocketAddress> find() throws IOException;

	}

	/**
	 * One answered request.
	 *
	 * @param connection the number of its connection
	 * @param onConnection its own number on that connection, from 1
	 * @param method its method
	 * @param status the status that it was answered with
	 * @param id its {@code X-Id}, or a dash
	 */
	public record Request(long connection, int onConnection, String method, int status, String id) {

		private static Request parse(String line) {
			String[] fields = line.split(" ");
			return new Request(Long.parseLong(fields[0]), Integer.parseInt(fields[1]), fields[2],
					Integer.parseInt(fields[3]), fields[4]);
		}

	}

	/**
	 * How the connections ended.
	 *
	 * @param opened how many there were
	 * @param closedByClientFirst those that the client closed first
	 * @param closedByServerFirst those that nginx closed first
	 */
	public record Connections(int opened, int closedByClientFirst, int closedByServerFirst) {
	}

}
