package com.example.orders;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * An upstream that does what a test tells it to, and remembers what it saw.
 */
final class ScriptedUpstream implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final Map<String, Script> scripts = new ConcurrentHashMap<>();

	ScriptedUpstream() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * Say what to do with requests for a path, and forget those that were seen.
	 */
	void on(String path, Script script) {
		this.scripts.put(path, script);
		this.requests.clear();
	}

	/**
	 * What was asked for, in the order in which it came.
	 */
	List<Request> requests() {
		return this.requests;
	}

	private void handle(HttpExchange exchange) throws IOException {
		this.requests.add(new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
				exchange.getRequestHeaders()));
		try {
			this.scripts.get(exchange.getRequestURI().getRawPath()).run(new Exchange(exchange, this.closed));
			// After an exception, the server breaks the connection
			exchange.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	@FunctionalInterface
	interface Script {

		void run(Exchange exchange) throws IOException, InterruptedException;

	}

	/**
	 * A request that was seen.
	 *
	 * @param method its method
	 * @param target its path and query
	 * @param headers its headers, looked up in any case
	 */
	record Request(String method, String target, Headers headers) {
	}

	/**
	 * A request and the means to answer it.
	 *
	 * @param exchange the exchange
	 * @param closed when the upstream is closed
	 */
	record Exchange(HttpExchange exchange, CountDownLatch closed) {

		String body() throws IOException {
			return new String(in().readAllBytes(), StandardCharsets.UTF_8);
		}

		InputStream in() {
			return this.exchange.getRequestBody();
		}

		Headers headers() {
			return this.exchange.getResponseHeaders();
		}

		void respond(int status, String body) throws IOException {
			in().readAllBytes();
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			this.exchange.sendResponseHeaders(status, (bytes.length > 0) ? bytes.length : -1);
			this.exchange.getResponseBody().write(bytes);
		}

		/**
		 * Send a head, and see to the body.
		 * @param length its length, 0 for one that is not known
		 * @return where to write to
		 */
		OutputStream stream(long length) throws IOException {
			in().readAllBytes();
			this.exchange.sendResponseHeaders(200, length);
			this.exchange.getResponseBody().flush();
			return this.exchange.getResponseBody();
		}

		void stall() throws InterruptedException {
			this.closed.await();
		}

	}

}
