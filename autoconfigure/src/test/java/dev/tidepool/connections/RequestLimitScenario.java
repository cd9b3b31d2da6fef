package dev.tidepool.connections;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

import dev.tidepool.testsupport.ScriptedServer;

/**
 * An upstream that closes a connection after so many requests, without notice, and 16
 * callers.
 *
 * @param side what is measured
 * @param method the method of all calls
 * @param calls how many calls
 */
record RequestLimitScenario(Side side, HttpMethod method, int calls) {

	static final int LIMIT = 50;

	private static final int CALLERS = 16;

	Result run() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.respond(200, "fine");
			if (exchange.request().onConnection() == LIMIT) {
				exchange.close();
			}
		}).withoutLog()) {
			return this.side.run((context) -> new Run(context, server).run(), "tidepool.pool.acquire-timeout=10s");
		}
	}

	private final class Run {

		private final ApplicationContext context;

		private final ScriptedServer server;

		private final RestClient client;

		private final AtomicInteger begun = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final AtomicInteger failedAfterLearning = new AtomicInteger();

		private final AtomicReference<Exception> failure = new AtomicReference<>();

		private final AtomicReference<Mark> learned = new AtomicReference<>();

		Run(ApplicationContext context, ScriptedServer server) {
			this.context = context;
			this.server = server;
			this.client = context.getBean(RestClient.Builder.class).build();
		}

		Result run() throws Exception {
			ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
			try {
				List<Callable<Void>> all = new ArrayList<>();
				for (int i = 0; i < CALLERS; i++) {
					all.add(() -> {
						callAll();
						return null;
					});
				}
				for (Future<Void> each : callers.invokeAll(all)) {
					each.get();
				}
			}
			finally {
				callers.shutdownNow();
			}
			Mark learned = this.learned.get();
			Mark end = mark();
			return new Result(RequestLimitScenario.this, this.failed.get(), this.failedAfterLearning.get(),
					this.failure.get(), (learned != null) ? learned.requests() : -1, end.accepted(),
					(learned != null)
							? (double) (end.requests() - learned.requests()) / (end.accepted() - learned.accepted())
							: (double) end.requests() / end.accepted());
		}

		private void callAll() {
			while (this.begun.getAndIncrement() < RequestLimitScenario.this.calls) {
				boolean learned = this.learned.get() != null;
				try {
					this.client.method(RequestLimitScenario.this.method)
						.uri(this.server.url())
						.retrieve()
						.toBodilessEntity();
				}
				catch (Exception ex) {
					this.failed.incrementAndGet();
					this.failure.compareAndSet(null, ex);
					if (learned) {
						this.failedAfterLearning.incrementAndGet();
					}
				}
				if (!learned && isLearned()) {
					this.learned.compareAndSet(null, mark());
				}
			}
		}

		private boolean isLearned() {
			return RequestLimitScenario.this.side == Side.TIDEPOOL
					&& Side.upstream(this.context).estimate().maxRequests() > 0;
		}

		private Mark mark() {
			return new Mark(this.server.requests(), this.server.accepted());
		}

	}

	private record Mark(int requests, int accepted) {

	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param failed calls that failed
	 * @param failedAfterLearning those of them that were begun after the limit was
	 * learned
	 * @param failure the first failure, or {@code null}
	 * @param learnedAt the requests that the upstream had seen when the limit was
	 * learned, or -1
	 * @param connections connections that were opened
	 * @param requestsOfOne the requests of a connection, in the mean, after the limit was
	 * learned
	 */
	record Result(RequestLimitScenario scenario, int failed, int failedAfterLearning, Exception failure, int learnedAt,
			int connections, double requestsOfOne) {

	}

}
