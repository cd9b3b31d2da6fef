package dev.tidepool.zoo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.testsupport.Lanes;
import dev.tidepool.testsupport.TestRunners;

/**
 * 16 lanes around the idle time-out of an upstream of which nothing is configured, first
 * while it is learned, then when it is known; then one caller that finds out how many
 * requests it answers on one connection; then a restart under load.
 *
 * @param upstream the upstream
 * @param keepAlive its keep-alive, or {@code null} for its own default
 * @param learning how long to learn
 * @param duration how long to measure after that
 */
record ZooScenario(ZooUpstream upstream, Duration keepAlive, Duration learning, Duration duration) {

	/**
	 * Lanes that call when the upstream closes, a little earlier or later.
	 */
	private static final int AT_THE_TIMEOUT = 8;

	/**
	 * Lanes that call at any time from well before to well after.
	 */
	private static final int AROUND_THE_TIMEOUT = 8;

	/**
	 * What is trusted of an upstream of which nothing is known.
	 */
	private static final Duration UNKNOWN = Duration.ofSeconds(5);

	private static final int MOST_REQUESTS = 1100;

	/**
	 * So that a GET outlasts a restart, which takes longer than the retries of a call
	 * normally do.
	 */
	private static final String[] OUTLAST_RESTARTS = { "tidepool.retry.max-attempts=50",
			"tidepool.retry.budget.min-per-second=1000" };

	Result run() throws Exception {
		Result[] result = new Result[1];
		try (ZooServer server = this.upstream.start(this.keepAlive)) {
			TestRunners.applicationWithBothClients()
				.withPropertyValues(OUTLAST_RESTARTS)
				.run((context) -> result[0] = run(context.getSourceApplicationContext(), server));
		}
		return result[0];
	}

	private Result run(ApplicationContext context, ZooServer server) throws Exception {
		ZooClients clients = new ZooClients(context);
		ZooCalls calls = new ZooCalls(server.url());
		Phase learned;
		Phase after;
		List<Lanes> lanes = new ArrayList<>();
		try {
			lanes.add(start(clients.isolated(AT_THE_TIMEOUT, calls), 0.9975, 1.0025));
			lanes.add(start(clients.isolated(AROUND_THE_TIMEOUT, calls), 0.6, 1.2));
			TimeUnit.NANOSECONDS.sleep(this.learning.toNanos());
			learned = phase(lanes, context);
			TimeUnit.NANOSECONDS.sleep(this.duration.toNanos());
			after = phase(lanes, context).since(learned);
		}
		finally {
			calls.end();
			for (Lanes each : lanes) {
				each.stop();
			}
		}
		UpstreamSnapshot known = snapshot(context);
		int announced = announcedRequestLimit(clients.isolatedRestClient(), server.url());
		ZooCalls ofRestart = new ZooCalls(server.url());
		ZooRestart restart = ZooRestart.of(server, clients, ofRestart);
		UpstreamSnapshot atEnd = snapshot(context);
		server.stop();
		Map<String, Integer> arrivals = server.arrivals();
		long twice = arrivals.entrySet()
			.stream()
			.filter((arrived) -> ZooCalls.isPost(arrived.getKey()) && arrived.getValue() > 1)
			.count();
		long missing = calls.answeredPosts().stream().filter((id) -> !arrivals.containsKey(id)).count();
		return new Result(this, learned, after, known, announced, restart, atEnd, (int) twice, (int) missing,
				calls.failures().stream().map(ZooCalls.Failure::exception).toList());
	}

	private Lanes start(List<Lanes.Caller> callers, double shortest, double longest) {
		Duration around = around();
		return Lanes.start(callers, scaled(around, shortest), scaled(around, longest));
	}

	private Duration around() {
		if (this.keepAlive != null) {
			return this.keepAlive;
		}
		Duration own = this.upstream.defaultKeepAlive();
		// What is kept for longer is never met
		return (own.isZero() || own.compareTo(Duration.ofMinutes(2)) > 0) ? UNKNOWN : own;
	}

	private static Duration scaled(Duration duration, double by) {
		return Duration.ofNanos((long) (duration.toNanos() * by));
	}

	private static int announcedRequestLimit(RestClient client, String url) {
		for (int requests = 1; requests <= MOST_REQUESTS; requests++) {
			ResponseEntity<Void> response = client.method(HttpMethod.GET).uri(url).retrieve().toBodilessEntity();
			if (response.getHeaders().getConnection().stream().anyMatch("close"::equalsIgnoreCase)) {
				return requests;
			}
		}
		return 0;
	}

	private static UpstreamStats stats(ApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next();
	}

	private static UpstreamSnapshot snapshot(ApplicationContext context) {
		return stats(context).members().iterator().next().snapshot();
	}

	private static Phase phase(List<Lanes> lanes, ApplicationContext context) {
		UpstreamStats stats = stats(context);
		long metByCaller = stats.closed(CloseReason.PEER_CLOSED_ON_REUSE);
		long retries = Arrays.stream(FailureCause.values())
			.mapToLong((cause) -> stats.retries(cause, RetryOutcome.SUCCESS))
			.sum();
		return new Phase(lanes.stream().mapToInt(Lanes::gets).sum(), lanes.stream().mapToInt(Lanes::posts).sum(),
				lanes.stream().mapToInt(Lanes::failedGets).sum(), lanes.stream().mapToInt(Lanes::failedPosts).sum(),
				stats.closed(CloseReason.PEER_CLOSED_IDLE) + metByCaller, metByCaller,
				stats.closed(CloseReason.CONNECTION_CLOSE), retries);
	}

	/**
	 * What came of the lanes in a time.
	 *
	 * @param gets GETs that were begun
	 * @param posts POSTs that were begun
	 * @param failedGets GETs that failed
	 * @param failedPosts POSTs that failed
	 * @param peerClosed connections that the upstream closed first although a caller
	 * could have got them
	 * @param metByCaller those of them that a caller had got
	 * @param announced connections that the upstream closed after it had said so
	 * @param retries requests that were sent again
	 */
	record Phase(int gets, int posts, int failedGets, int failedPosts, long peerClosed, long metByCaller,
			long announced, long retries) {

		Phase since(Phase earlier) {
			return new Phase(this.gets - earlier.gets, this.posts - earlier.posts, this.failedGets - earlier.failedGets,
					this.failedPosts - earlier.failedPosts, this.peerClosed - earlier.peerClosed,
					this.metByCaller - earlier.metByCaller, this.announced - earlier.announced,
					this.retries - earlier.retries);
		}

	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param learning what came of the lanes while there was something to learn
	 * @param after what came of them after that
	 * @param known what was known of the upstream at the end of that
	 * @param announcedLimit the request of a connection that was answered with
	 * {@code Connection: close}, or 0
	 * @param restart what came of the restart
	 * @param atEnd what was known of the upstream at the end of all
	 * @param twice POSTs that arrived more than once
	 * @param missing POSTs of the lanes that were answered but did not arrive
	 * @param failures what callers of the lanes got
	 */
	record Result(ZooScenario scenario, Phase learning, Phase after, UpstreamSnapshot known, int announcedLimit,
			ZooRestart restart, UpstreamSnapshot atEnd, int twice, int missing, List<Exception> failures) {

	}

}
