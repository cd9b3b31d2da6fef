package com.example.lab;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a free port of the loopback address, which counts, and does what
 * no proper server would, on request.
 */
final class LabUpstream implements Upstream {

	private static final int BACKLOG = 512;

	private static final Duration TIME_TO_END = Duration.ofSeconds(2);

	private final ExecutorService threads = Daemons.unbounded();

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicInteger cut = new AtomicInteger();

	private final AtomicLong sent = new AtomicLong();

	private final AtomicInteger answering = new AtomicInteger();

	private final ServerSocket server = new ServerSocket();

	private final Answer answer;

	private final @Nullable IdleTimeout idleTimeout;

	private final Security security;

	/**
	 * Start an upstream that keeps connections for as long as it runs.
	 * @param answer what it does with a request
	 */
	LabUpstream(Answer answer) throws IOException {
		this(answer, null, (socket) -> socket);
	}

	/**
	 * Start an upstream that closes idle connections.
	 * @param answer what it does with a request
	 * @param idleTimeout when it closes them, {@code null} to keep them
	 */
	LabUpstream(Answer answer, @Nullable IdleTimeout idleTimeout) throws IOException {
		this(answer, idleTimeout, (socket) -> socket);
	}

	/**
	 * Start an upstream that secures its connections.
	 * @param answer what it does with a request
	 * @param security how it secures them
	 */
	LabUpstream(Answer answer, Security security) throws IOException {
		this(answer, null, security);
	}

	private LabUpstream(Answer answer, @Nullable IdleTimeout idleTimeout, Security security) throws IOException {
		this.answer = answer;
		this.idleTimeout = idleTimeout;
		this.security = security;
		this.server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), BACKLOG);
		this.threads.execute(this::accept);
	}

	@Override
	public int port() {
		return this.server.getLocalPort();
	}

	@Override
	public int accepted() {
		return this.accepted.get();
	}

	@Override
	public int open() {
		return this.open.size();
	}

	@Override
	public int requests() {
		return this.requests.get();
	}

	@Override
	public OptionalInt cut() {
		return OptionalInt.of(this.cut.get());
	}

	@Override
	public long bytesSent() throws InterruptedException {
		// A client may have the last of them before they count
		Await.until(() -> this.answering.get() == 0, TIME_TO_END);
		return this.sent.get();
	}

	/**
	 * Close all connections, as a restart does.
	 */
	void closeConnections() {
		this.open.forEach(LabUpstream::close);
	}

	@Override
	public void close() {
		close(this.server);
		closeConnections();
		this.threads.shutdownNow();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				this.accepted.incrementAndGet();
				this.open.add(socket);
				this.threads.execute(() -> serve(socket));
			}
			catch (IOException | RejectedExecutionException ex) {
				// Closed, or a client that has gone already
			}
		}
		closeConnections();
	}

	private void serve(Socket accepted) {
		try (accepted; Socket socket = this.security.on(accepted)) {
			socket.setTcpNoDelay(true);
			serve(accepted, socket);
		}
		catch (IOException ex) {
			// The client went away, or the time for an idle connection is over
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.open.remove(accepted);
		}
	}

	private void serve(Socket accepted, Socket socket) throws IOException, InterruptedException {
		InputStream in = new BufferedInputStream(socket.getInputStream());
		OutputStream out = new BufferedOutputStream(new CountingOutput(socket.getOutputStream(), this.sent));
		IdleTimeout timeout = this.idleTimeout;
		if (timeout != null) {
			socket.setSoTimeout((int) timeout.seenAfter().toMillis());
		}
		for (boolean again = true; again;) {
			long idleSince = System.nanoTime();
			Request request = Request.read(in, accepted);
			if (request == null) {
				return;
			}
			if (timeout != null && timeout.isOver(System.nanoTime() - idleSince)) {
				this.cut.incrementAndGet();
				// A reset, as for all that arrives at a closed socket
				accepted.setSoLinger(true, 0);
				return;
			}
			this.requests.incrementAndGet();
			again = answer(request, out);
		}
	}

	private boolean answer(Request request, OutputStream out) throws IOException, InterruptedException {
		this.answering.incrementAndGet();
		try {
			boolean again = this.answer.to(request, out);
			out.flush();
			return again;
		}
		finally {
			this.answering.decrementAndGet();
		}
	}

	private static void close(Closeable closeable) {
		try {
			closeable.close();
		}
		catch (IOException ex) {
			// Gone all the same
		}
	}

}
