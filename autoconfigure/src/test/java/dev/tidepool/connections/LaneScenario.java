package dev.tidepool.connections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.connections.LaneUpstream.Seen;
import dev.tidepool.policy.KeepAliveEstimate;
import dev.tidepool.testsupport.Lanes;

/**
 * Lanes that meet the idle time-out of an upstream, of which nothing is configured: first
 * while it is learned, then when it is known.
 *
 * @param upstream the upstream
 * @param side what is measured
 * @param learning how long to learn
 * @param duration how long to measure after that
 */
record LaneScenario(LaneUpstream upstream, Side side, Duration learning, Duration duration) {

	/**
	 * Lanes that call when the upstream closes, a little earlier or later.
	 */
	private static final int AT_THE_TIMEOUT = 12;

	/**
	 * Lanes that call at any time from well before to well after.
	 */
	private static final int AROUND_THE_TIMEOUT = 12;

	/**
	 * Lanes that call well before.
	 */
	private static final int AT_HALF_THE_TIMEOUT = 8;

	private static final String HALF = "half";

	Result run() throws Exception {
		try (LaneUpstream.Server server = this.upstream.start()) {
			return this.side.run((context) -> run(context, server));
		}
	}

	private Result run(ApplicationContext context, LaneUpstream.Server server) throws Exception {
		List<Lanes> lanes = new ArrayList<>();
		try (Side.IsolatedClients isolated = Side.isolatedClients(context,
				AT_THE_TIMEOUT + AROUND_THE_TIMEOUT + AT_HALF_THE_TIMEOUT)) {
			List<RestClient> clients = isolated.clients();
			int half = AT_THE_TIMEOUT + AROUND_THE_TIMEOUT;
			lanes.add(start(clients.subList(0, AT_THE_TIMEOUT), server, "at", 0.9975, 1.0025));
			lanes.add(start(clients.subList(AT_THE_TIMEOUT, half), server, "around", 0.6, 1.2));
			lanes.add(start(clients.subList(half, clients.size()), server, HALF, 0.45, 0.55));
			TimeUnit.NANOSECONDS.sleep(this.learning.toNanos());
			// On a busy machine it takes longer
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> this.side != Side.TIDEPOOL || estimate(context) != null);
			Phase learned = Phase.until(lanes, context, this.side);
			Seen seen = server.seen(HALF);
			TimeUnit.NANOSECONDS.sleep(this.duration.toNanos());
			Phase after = Phase.until(lanes, context, this.side).since(learned);
			return new Result(this, learned, after, server.seen(HALF).since(seen), estimate(context));
		}
		finally {
			for (Lanes each : lanes) {
				each.stop();
			}
		}
	}

	private Lanes start(List<RestClient> clients, LaneUpstream.Server server, String id, double shortest,
			double longest) {
		long nanos = this.upstream.timeout().toNanos();
		return Lanes.start(clients, server.url(), id, Duration.ofNanos((long) (nanos * shortest)),
				Duration.ofNanos((long) (nanos * longest)));
	}

	private Duration estimate(ApplicationContext context) {
		long nanos = (this.side == Side.TIDEPOOL) ? Side.upstream(context).estimate().timeout()
				: KeepAliveEstimate.UNKNOWN;
		return (nanos != KeepAliveEstimate.UNKNOWN) ? Duration.ofNanos(nanos) : null;
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
	 * @param lastFailure the failure that came last, or {@code null}
	 */
	record Phase(int gets, int posts, int failedGets, int failedPosts, long peerClosed, long metByCaller,
			Exception lastFailure) {

		static Phase until(List<Lanes> lanes, ApplicationContext context, Side side) {
			return new Phase(lanes.stream().mapToInt(Lanes::gets).sum(), lanes.stream().mapToInt(Lanes::posts).sum(),
					lanes.stream().mapToInt(Lanes::failedGets).sum(), lanes.stream().mapToInt(Lanes::failedPosts).sum(),
					(side == Side.TIDEPOOL) ? closed(context, CloseReason.PEER_CLOSED_IDLE)
							+ closed(context, CloseReason.PEER_CLOSED_ON_REUSE) : 0,
					(side == Side.TIDEPOOL) ? closed(context, CloseReason.PEER_CLOSED_ON_REUSE) : 0,
					lanes.stream()
						.map(Lanes::lastFailure)
						.filter((failure) -> failure != null)
						.findFirst()
						.orElse(null));
		}

		private static long closed(ApplicationContext context, CloseReason reason) {
			return context.getBean(Upstreams.class).stats().stream().mapToLong((stats) -> stats.closed(reason)).sum();
		}

		Phase since(Phase earlier) {
			return new Phase(this.gets - earlier.gets, this.posts - earlier.posts, this.failedGets - earlier.failedGets,
					this.failedPosts - earlier.failedPosts, this.peerClosed - earlier.peerClosed,
					this.metByCaller - earlier.metByCaller, this.lastFailure);
		}

		int failed() {
			return this.failedGets + this.failedPosts;
		}

	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param learning what came of the lanes while there was something to learn
	 * @param after what came of them after that
	 * @param half what the upstream saw after that of the lanes that call at half its
	 * time-out
	 * @param learned the time-out that was learned, or {@code null}
	 */
	record Result(LaneScenario scenario, Phase learning, Phase after, Seen half, Duration learned) {

	}

}
