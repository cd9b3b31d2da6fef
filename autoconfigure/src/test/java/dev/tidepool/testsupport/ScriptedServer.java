package dev.tidepool.testsupport;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * An upstream of which each byte is up to the test, and which counts what it saw:
 * connections, requests, requests by their {@code X-Id}, and connections that it closed
 * first because they were idle.
 */
public final class ScriptedServer implements AutoCloseable {

	/**
	 * What all threads of all servers are named.
	 */
	public static final String THREAD_NAME = "scripted-server";

	private final ServerSocket listener;

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, THREAD_NAME);
		thread.setDaemon(true);
		return thread;
	});

	private final Script script;

	private final int keepAliveMillis;

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicInteger idleCloses = new AtomicInteger();

	private final Map<String, AtomicInteger> requestsById = new ConcurrentHashMap<>();

	private final List<Request> log = new CopyOnWriteArrayList<>();

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final CountDownLatch acceptsNoMore = new CountDownLatch(1);

	private volatile boolean logging = true;

	private volatile boolean readingBodies = true;

	private volatile Duration finDelay = Duration.ZERO;

	private volatile boolean recovered;

	private ScriptedServer(ServerSocket listener, Duration keepAlive, Script script) throws IOException {
		this(listener, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), keepAlive, script);
	}

	private ScriptedServer(ServerSocket listener, InetSocketAddress address, Duration keepAlive, Script script)
			throws IOException {
		this.script = script;
		this.keepAliveMillis = (int) keepAlive.toMillis();
		this.listener = listener;
		this.listener.setReuseAddress(true);
		this.listener.bind(address, 1024);
		this.threads.execute(this::accept);
	}

	/**
	 * Start a server that never closes an idle connection.
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer start(Script script) throws IOException {
		return start(Duration.ZERO, script);
	}

	/**
	 * Start a server.
	 * @param keepAlive idle time after which it closes a connection, zero for never
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer start(Duration keepAlive, Script script) throws IOException {
		return new ScriptedServer(new ServerSocket(), keepAlive, script);
	}

	/**
	 * Start a server at an address, as one of several that have the same port.
	 * @param address a loopback address
	 * @param port its port, 0 for any
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer startAt(String address, int port, Script script) throws IOException {
		return new ScriptedServer(new ServerSocket(), new InetSocketAddress(address, port), Duration.ZERO, script);
	}

	/**
	 * Start a server that speaks TLS.
	 * @param context its key material
	 * @param keepAlive idle time after which it closes a connection, zero for never
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer startTls(SSLContext context, Duration keepAlive, Script script) throws IOException {
		return new ScriptedServer(context.getServerSocketFactory().createServerSocket(), keepAlive, script);
	}

	/**
	 * Start a server that never closes an idle connection at an address of the test's
	 * choice.
	 * @param address the address and port
	 * @param context its key material, or {@code null} for a plain one
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer startAt(InetSocketAddress address, SSLContext context, Script script)
			throws IOException {
		ServerSocket listener = (context != null) ? context.getServerSocketFactory().createServerSocket()
				: new ServerSocket();
		return new ScriptedServer(listener, address, Duration.ZERO, script);
	}

	/**
	 * Start a server that speaks TLS where it is let.
	 * @param listener cuts off some of the handshakes
	 * @param script what it does with a request
	 * @return the server
	 */
	public static ScriptedServer startTls(CuttingListener listener, Script script) throws IOException {
		return new ScriptedServer(listener, Duration.ZERO, script);
	}

	/**
	 * Stop keeping the requests, for tests that make many.
	 * @return this server
	 */
	public ScriptedServer withoutLog() {
		this.logging = false;
		return this;
	}

	/**
	 * Let time pass between the decision to close an idle connection and the close, as a
	 * network does. Requests that arrive meanwhile are lost.
	 * @param delay the time
	 * @return this server
	 */
	public ScriptedServer withFinDelay(Duration delay) {
		this.finDelay = delay;
		return this;
	}

	/**
	 * Leave the body of a request, if it has one, to the script, as the
	 * {@link Exchange#input() input} of its exchange.
	 * @return this server
	 */
	public ScriptedServer withoutReadingBodies() {
		this.readingBodies = false;
		return this;
	}

	/**
	 * Be well from now on: answer each request with its {@code X-Id}, and count nothing
	 * more.
	 */
	public void recover() {
		this.readingBodies = true;
		this.recovered = true;
	}

	public boolean isClosed() {
		return this.listener.isClosed();
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	public String url() {
		boolean secure = this.listener instanceof SSLServerSocket || this.listener instanceof CuttingListener;
		return (secure ? "https" : "http") + "://localhost:" + port();
	}

	/**
	 * The address of one of its resources.
	 * @param path the path
	 * @return the URI
	 */
	public URI uri(String path) {
		return URI.create(url() + path);
	}

	/**
	 * Connections accepted so far.
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Requests read so far.
	 */
	public int requests() {
		return this.requests.get();
	}

	/**
	 * How often a request with this {@code X-Id} arrived.
	 */
	public int requests(String id) {
		AtomicInteger count = this.requestsById.get(id);
		return (count != null) ? count.get() : 0;
	}

	/**
	 * The most often that any one {@code X-Id} arrived.
	 */
	public int mostRequestsOfOneId() {
		return this.requestsById.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
	}

	/**
	 * Connections that this side closed first, since they had been idle.
	 */
	public int idleCloses() {
		return this.idleCloses.get();
	}

	/**
	 * Connections that are open on this side.
	 */
	public int open() {
		return this.open.size();
	}

	public List<Request> log() {
		return this.log;
	}

	/**
	 * Close every open connection, idle or not.
	 */
	public void closeConnections() throws IOException {
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	@Override
	public void close() throws IOException {
		this.stopped.countDown();
		this.listener.close();
		try {
			// Until then, its port may take connections yet
			this.acceptsNoMore.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		closeConnections();
		this.threads.shutdownNow();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.listener.accept();
				int number = this.recovered ? 0 : this.accepted.incrementAndGet();
				this.open.add(socket);
				if (this.listener.isClosed()) {
					// After all others were closed
					this.open.remove(socket);
					socket.close();
					return;
				}
				this.threads.execute(() -> serve(socket, number));
			}
		}
		catch (IOException | RejectedExecutionException ex) {
			// Closed
		}
		finally {
			this.acceptsNoMore.countDown();
		}
	}

	private void serve(Socket socket, int number) {
		try {
			socket.setTcpNoDelay(true);
			InputStream in = new BufferedInputStream(socket.getInputStream());
			for (int onConnection = 1;; onConnection++) {
				socket.setSoTimeout(this.keepAliveMillis);
				Request request = read(in, number, onConnection, this.readingBodies);
				if (request == null) {
					return;
				}
				socket.setSoTimeout(0);
				Exchange exchange = exchange(socket, in, request);
				if (socket.isClosed() || exchange.closing) {
					return;
				}
			}
		}
		catch (SocketTimeoutException ex) {
			this.idleCloses.incrementAndGet();
			LockSupport.parkNanos(this.finDelay.toNanos());
		}
		catch (Exception ex) {
			// The peer went away
		}
		finally {
			// Who sees that it is not open any more relies on its end having been sent
			closeQuietly(socket);
			this.open.remove(socket);
		}
	}

	private Exchange exchange(Socket socket, InputStream in, Request request) throws Exception {
		String id = request.header("X-Id");
		if (this.recovered) {
			Exchange exchange = new Exchange(socket, in, request, 1, this.stopped);
			exchange.respond(200, String.valueOf(id));
			return exchange;
		}
		if (this.logging) {
			this.log.add(request);
		}
		int attempt = (id != null)
				? this.requestsById.computeIfAbsent(id, (key) -> new AtomicInteger()).incrementAndGet() : 1;
		this.requests.incrementAndGet();
		Exchange exchange = new Exchange(socket, in, request, attempt, this.stopped);
		this.script.run(exchange);
		return exchange;
	}

	private static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Gone already
		}
	}

	private static Request read(InputStream in, int connection, int onConnection, boolean withBody) throws IOException {
		String requestLine = line(in);
		if (requestLine == null) {
			return null;
		}
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
			int colon = header.indexOf(':');
			headers.merge(header.substring(0, colon), header.substring(colon + 1).strip(), (a, b) -> a + ", " + b);
		}
		byte[] body = new byte[0];
		if (!withBody) {
			return request(requestLine, headers, body, connection, onConnection);
		}
		if ("chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
			ByteArrayOutputStream chunks = new ByteArrayOutputStream();
			for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
				chunks.write(whole(in, size));
				line(in);
			}
			line(in);
			body = chunks.toByteArray();
		}
		else if (headers.containsKey("Content-Length")) {
			body = whole(in, Integer.parseInt(headers.get("Content-Length")));
		}
		return request(requestLine, headers, body, connection, onConnection);
	}

	private static Request request(String requestLine, Map<String, String> headers, byte[] body, int connection,
			int onConnection) {
		String[] parts = requestLine.split(" ");
		return new Request(parts[0], parts[1], headers, body, connection, onConnection);
	}

	private static int chunkSize(InputStream in) throws IOException {
		String line = line(in);
		if (line == null) {
			throw new EOFException("The request ends without its last chunk");
		}
		return Integer.parseInt(line.split(";")[0].strip(), 16);
	}

	private static byte[] whole(InputStream in, int size) throws IOException {
		byte[] bytes = in.readNBytes(size);
		if (bytes.length < size) {
			throw new EOFException("The request ends within its body");
		}
		return bytes;
	}

	private static String line(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int b = in.read(); b != '\n'; b = in.read()) {
			if (b == -1) {
				return null;
			}
			if (b != '\r') {
				line.write(b);
			}
		}
		return line.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * What the server does with one request.
	 */
	@FunctionalInterface
	public interface Script {

		void run(Exchange exchange) throws Exception;

	}

	/**
	 * A request as it arrived.
	 *
	 * @param method its method
	 * @param path its target
	 * @param headers its headers, looked up in any case
	 * @param body its body
	 * @param connection the number of the connection, from 1
	 * @param onConnection the number of the request on it, from 1
	 */
	public record Request(String method, String path, Map<String, String> headers, byte[] body, int connection,
			int onConnection) {

		public String header(String name) {
			return this.headers.get(name);
		}

	}

	/**
	 * One request and the means to answer it.
	 */
	public static final class Exchange {

		private final Socket socket;

		private final InputStream in;

		private final Request request;

		private final int attempt;

		private final CountDownLatch stopped;

		private boolean closing;

		private Exchange(Socket socket, InputStream in, Request request, int attempt, CountDownLatch stopped) {
			this.socket = socket;
			this.in = in;
			this.request = request;
			this.attempt = attempt;
			this.stopped = stopped;
		}

		public Request request() {
			return this.request;
		}

		/**
		 * How often the {@code X-Id} of this request has arrived, this time included.
		 */
		public int attempt() {
			return this.attempt;
		}

		/**
		 * Take some time over this request, as slow upstreams do, or until the server is
		 * closed.
		 * @param duration how long
		 */
		public void stall(Duration duration) throws InterruptedException {
			this.stopped.await(duration.toNanos(), TimeUnit.NANOSECONDS);
		}

		/**
		 * Answer with a text.
		 * @param status the status
		 * @param body the text
		 * @param headers further header lines
		 */
		public void respond(int status, String body, String... headers) throws IOException {
			StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
			for (String header : headers) {
				head.append(header).append("\r\n");
				this.closing |= header.toLowerCase(Locale.ROOT).equals("connection: close");
			}
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			if (status != 204 && status != 304) {
				head.append("Content-Length: ").append(bytes.length).append("\r\n");
			}
			head.append("\r\n");
			ByteArrayOutputStream message = new ByteArrayOutputStream();
			message.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
			if (!this.request.method().equals("HEAD")) {
				message.write(bytes);
			}
			raw(message.toByteArray());
		}

		/**
		 * Write bytes as they are.
		 */
		public void raw(byte[] bytes) throws IOException {
			OutputStream out = this.socket.getOutputStream();
			out.write(bytes);
			out.flush();
		}

		public void raw(String text) throws IOException {
			raw(text.getBytes(StandardCharsets.ISO_8859_1));
		}

		/**
		 * What follows the request on the connection, for tests that speak another
		 * protocol from here.
		 */
		public InputStream input() {
			return this.in;
		}

		/**
		 * Bound each read of the {@link #input() input}.
		 * @param millis how long it may take, zero for as long as it wants
		 */
		public void timeout(int millis) throws IOException {
			this.socket.setSoTimeout(millis);
		}

		/**
		 * Where {@link #raw} writes to.
		 */
		public OutputStream output() {
			try {
				return this.socket.getOutputStream();
			}
			catch (IOException ex) {
				return OutputStream.nullOutputStream();
			}
		}

		/**
		 * End what is sent, and go on reading.
		 */
		public void endOutput() throws IOException {
			this.socket.shutdownOutput();
		}

		/**
		 * Close the connection with FIN.
		 */
		public void close() throws IOException {
			this.socket.close();
		}

		/**
		 * Close the connection with RST.
		 */
		public void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

	}

}
