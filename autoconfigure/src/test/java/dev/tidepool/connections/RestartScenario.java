package dev.tidepool.connections;

import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.testsupport.NginxServer;

/**
 * An nginx, of which the idle time-out was learned, is stopped and started again while
 * callers make GETs and 200 connections are idle.
 */
final class RestartScenario {

	static final Duration TIMEOUT = Duration.ofSeconds(3);

	static final int IDLE = 200;

	private static final int CALLERS = 16;

	private static final int REFUSED = 20;

	private static final int AFTERWARDS = 2000;

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger succeeded = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger failedOtherwise = new AtomicInteger();

	private final AtomicReference<Exception> failure = new AtomicReference<>();

	private volatile boolean stopped;

	private RestartScenario() {
	}

	static Result run() throws Exception {
		try (NginxServer nginx = NginxServer.start(TIMEOUT)) {
			return Side.TIDEPOOL.run((context) -> new RestartScenario().run(context, nginx),
					"tidepool.pool.max-per-upstream=" + (IDLE + CALLERS));
		}
	}

	private Result run(ApplicationContext context, NginxServer nginx) throws Exception {
		RestClient client = context.getBean(RestClient.class);
		Duration before = learnTimeout(context, client, nginx);
		UpstreamStats stats = Side.stats(context);
		open(client, nginx, IDLE + CALLERS);
		ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
		List<Future<?>> all = new ArrayList<>();
		try {
			for (int i = 0; i < CALLERS; i++) {
				all.add(callers.submit(() -> callUntilStopped(client, nginx)));
			}
			eventually().until(() -> this.succeeded.get() > 10 * CALLERS);
			long idle = stats.connections(State.IDLE);
			long closed = closed(stats);
			nginx.stop();
			eventually().until(() -> this.refused.get() >= REFUSED);
			nginx.startAgain();
			int succeeded = this.succeeded.get();
			eventually().until(() -> this.succeeded.get() >= succeeded + AFTERWARDS);
			Upstream upstream = Side.upstream(context);
			eventually().until(() -> closed(stats) >= closed + IDLE && upstream.estimate().open().isEmpty());
			this.stopped = true;
			for (Future<?> each : all) {
				each.get();
			}
			return new Result(this.calls.get(), (int) idle, this.refused.get(), this.failedOtherwise.get(),
					this.failure.get(), before, Duration.ofNanos(upstream.estimate().timeout()),
					upstream.estimate().maxRequests());
		}
		finally {
			this.stopped = true;
			callers.shutdownNow();
		}
	}

	private static Duration learnTimeout(ApplicationContext context, RestClient client, NginxServer nginx) {
		do {
			client.get().uri(nginx.url()).retrieve().toBodilessEntity();
			eventually().until(() -> Side.stats(context).connections().isEmpty());
		}
		while (Side.stats(context).closed(CloseReason.IDLE) == 0);
		Upstream upstream = Side.upstream(context);
		eventually().until(() -> upstream.estimate().open().isEmpty()
				&& upstream.estimate().timeout() != KeepAliveEstimate.UNKNOWN);
		return Duration.ofNanos(upstream.estimate().timeout());
	}

	private static void open(RestClient client, NginxServer nginx, int number) {
		List<ConvertibleClientHttpResponse> responses = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			responses.add(client.get().uri(nginx.url()).exchange((request, response) -> response, false));
		}
		responses.forEach(ConvertibleClientHttpResponse::close);
	}

	// For whatever reason: some age out before nginx has stopped, and some make room for
	// the new connection that a lost request goes to
	private static long closed(UpstreamStats stats) {
		return Stream.of(CloseReason.values()).mapToLong(stats::closed).sum();
	}

	private static ConditionFactory eventually() {
		return Awaitility.await().atMost(Duration.ofSeconds(30));
	}

	private static long closedByPeerOrAged(UpstreamStats stats) {
		return stats.closed(CloseReason.PEER_CLOSED_IDLE) + stats.closed(CloseReason.PEER_CLOSED_ON_REUSE)
				+ stats.closed(CloseReason.IDLE);
	}

	private void callUntilStopped(RestClient client, NginxServer nginx) {
		while (!this.stopped) {
			this.calls.incrementAndGet();
			try {
				client.get().uri(nginx.url()).retrieve().toBodilessEntity();
				this.succeeded.incrementAndGet();
			}
			catch (Exception ex) {
				if (isRefused(ex)) {
					this.refused.incrementAndGet();
				}
				else {
					this.failedOtherwise.incrementAndGet();
					this.failure.compareAndSet(null, ex);
				}
			}
		}
	}

	private static boolean isRefused(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof ConnectException) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What was measured.
	 *
	 * @param calls all calls
	 * @param idle the connections that were idle at the restart
	 * @param refused calls that failed since the connect was refused
	 * @param failedOtherwise calls that failed for another reason
	 * @param failure the first of these failures, or {@code null}
	 * @param learnedBefore the time-out that was learned before
	 * @param learnedAfter the time-out that is believed after
	 * @param limitAfter the request limit that is believed after, 0 if none
	 */
	record Result(int calls, int idle, int refused, int failedOtherwise, Exception failure, Duration learnedBefore,
			Duration learnedAfter, int limitAfter) {

		/**
		 * By how much the time-out was believed to change. A canary measures it to some
		 * ten milliseconds.
		 */
		Duration change() {
			return this.learnedAfter.minus(this.learnedBefore).abs();
		}

	}

}
