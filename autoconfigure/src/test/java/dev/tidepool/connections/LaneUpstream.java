package dev.tidepool.connections;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.tidepool.testsupport.NginxServer;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * The upstreams that lanes call, each of which closes idle connections.
 */
enum LaneUpstream {

	NGINX("nginx, keepalive_timeout 2s", Duration.ofSeconds(2)) {

		@Override
		Server start() throws IOException {
			return new Nginx(NginxServer.start(timeout()));
		}

	},

	RAW_2S("raw, 2 s", Duration.ofSeconds(2)),

	RAW_2S_FIN_LATE("raw, 2 s, the FIN 10 ms late", Duration.ofSeconds(2)) {

		@Override
		Server start() throws IOException {
			return scripted(Duration.ofMillis(10));
		}

	},

	RAW_2S_ANNOUNCED("raw, 2 s, Keep-Alive: timeout=2", Duration.ofSeconds(2)) {

		@Override
		Server start() throws IOException {
			return scripted(Duration.ZERO, "Keep-Alive: timeout=2");
		}

	},

	RAW_1_5S("raw, 1.5 s", Duration.ofMillis(1500)),

	RAW_5S("raw, 5 s", Duration.ofSeconds(5));

	private final String display;

	private final Duration timeout;

	LaneUpstream(String display, Duration timeout) {
		this.display = display;
		this.timeout = timeout;
	}

	String display() {
		return this.display;
	}

	/**
	 * Its idle time-out, as nobody is told.
	 */
	Duration timeout() {
		return this.timeout;
	}

	Server start() throws IOException {
		return scripted(Duration.ZERO);
	}

	Server scripted(Duration finDelay, String... headers) throws IOException {
		Map<String, AtomicInteger> opened = new ConcurrentHashMap<>();
		return new Scripted(ScriptedServer.start(this.timeout, (exchange) -> {
			if (exchange.request().onConnection() == 1) {
				opened.computeIfAbsent(exchange.request().header("X-Id"), (id) -> new AtomicInteger())
					.incrementAndGet();
			}
			exchange.respond(200, "fine", headers);
		}).withoutLog().withFinDelay(finDelay), opened);
	}

	/**
	 * A running upstream, and what it saw.
	 */
	interface Server extends AutoCloseable {

		String url();

		/**
		 * Requests that arrived with this {@code X-Id}, and the connections that began
		 * with one.
		 * @param id the id
		 * @return how many
		 */
		Seen seen(String id) throws IOException;

		@Override
		void close() throws IOException;

	}

	/**
	 * Requests and the connections that they came on.
	 *
	 * @param requests how many requests
	 * @param opened how many of them were the first of a connection
	 */
	record Seen(int requests, int opened) {

		Seen since(Seen earlier) {
			return new Seen(this.requests - earlier.requests, this.opened - earlier.opened);
		}

		double reused() {
			return 1 - (double) this.opened / this.requests;
		}

	}

	private record Scripted(ScriptedServer server, Map<String, AtomicInteger> opened) implements Server {

		@Override
		public String url() {
			return this.server.url();
		}

		@Override
		public Seen seen(String id) {
			AtomicInteger count = this.opened.get(id);
			return new Seen(this.server.requests(id), (count != null) ? count.get() : 0);
		}

		@Override
		public void close() throws IOException {
			this.server.close();
		}

	}

	private record Nginx(NginxServer server) implements Server {

		@Override
		public String url() {
			return this.server.url();
		}

		@Override
		public Seen seen(String id) throws IOException {
			int requests = 0;
			int opened = 0;
			for (NginxServer.Request request : this.server.requests()) {
				if (request.id().equals(id)) {
					requests++;
					opened += (request.onConnection() == 1) ? 1 : 0;
				}
			}
			return new Seen(requests, opened);
		}

		@Override
		public void close() throws IOException {
			this.server.close();
		}

	}

}
