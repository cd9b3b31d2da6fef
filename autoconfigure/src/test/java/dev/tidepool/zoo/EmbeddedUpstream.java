package dev.tidepool.zoo;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An upstream in this JVM, which reads each request, counts its {@code X-Id} and answers
 * 200.
 */
abstract class EmbeddedUpstream implements ZooServer {

	protected static final String ADDRESS = "127.0.0.1";

	protected static final String ID = "X-Id";

	protected static final String BODY = "fine";

	private final Map<String, Integer> arrivals = new ConcurrentHashMap<>();

	private final Duration keepAlive;

	private int port;

	private boolean running;

	/**
	 * An upstream that is not started yet.
	 * @param keepAlive its keep-alive, or {@code null} for its own default
	 */
	EmbeddedUpstream(Duration keepAlive) {
		this.keepAlive = keepAlive;
	}

	final EmbeddedUpstream start() throws Exception {
		startAgain();
		return this;
	}

	/**
	 * Start a server.
	 * @param port the port to listen on, 0 for any that is free
	 * @param keepAlive its keep-alive, or {@code null} for its own default
	 * @return the port that it listens on
	 */
	protected abstract int open(int port, Duration keepAlive) throws Exception;

	/**
	 * Stop the server, and close its connections.
	 */
	protected abstract void shutDown() throws Exception;

	protected final void arrived(String id) {
		if (id != null) {
			this.arrivals.merge(id, 1, Integer::sum);
		}
	}

	@Override
	public final String url() {
		return "http://" + ADDRESS + ":" + this.port;
	}

	@Override
	public final void startAgain() throws Exception {
		this.port = open(this.port, this.keepAlive);
		this.running = true;
	}

	@Override
	public final void stop() throws Exception {
		if (this.running) {
			this.running = false;
			shutDown();
		}
	}

	@Override
	public final Map<String, Integer> arrivals() {
		return new TreeMap<>(this.arrivals);
	}

	@Override
	public final void close() throws IOException {
		try {
			stop();
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
	}

}
