package dev.tidepool.call;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.hc.client5.http.HttpRoute;

import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.RefillPace;

/**
 * Keeps {@code min-idle} connections of one client to one upstream. For one thread at a
 * time.
 */
final class Refill {

	private static final Log logger = LogFactory.getLog(Refill.class);

	// In a row: any upstream closes what is idle for too long
	private static final int NOT_BY_CHANCE = 3;

	private final HttpRoute route;

	private final UpstreamKey key;

	private final Partition partition;

	private final Upstreams upstreams;

	private final ConnectAhead connector;

	private List<ConnectionRecord> unused = List.of();

	private RefillPace pace;

	private boolean told;

	Refill(HttpRoute route, Partition partition, Upstreams upstreams, ConnectAhead connector) {
		this.route = route;
		this.key = Call.keyOf(route);
		this.partition = partition;
		this.upstreams = upstreams;
		this.connector = connector;
		this.pace = RefillPace.start(upstreams.clock().nanoTime());
	}

	/**
	 * The longest that one connect takes.
	 * @return nanoseconds
	 */
	long longestConnectNanos() {
		Upstream upstream = this.upstreams.get(this.key);
		return Durations
			.toNanos(upstream.settings().timeout().connect().plus(upstream.settings().timeout().tlsHandshake()));
	}

	/**
	 * Connect what is missing, if it is time.
	 */
	void run() {
		Upstream upstream = this.upstreams.get(this.key);
		long now = this.upstreams.clock().nanoTime();
		if (this.unused.stream().anyMatch(Refill::wasClosedByPeer)) {
			failed(upstream, "it closes connections on which nothing was asked", NOT_BY_CHANCE);
		}
		int missing = upstream.settings().pool().minIdle() - idle(upstream, (connection) -> true).size();
		if (missing <= 0) {
			this.pace = this.pace.kept(now);
			this.told &= this.pace.failures() > 0;
		}
		else if (this.pace.permits(now)) {
			connect(upstream, missing);
		}
		this.unused = idle(upstream, (connection) -> connection.requests() == 0);
	}

	private void connect(Upstream upstream, int missing) {
		try {
			for (int i = 0; i < missing && this.connector.connect(this.route, call(upstream)); i++) {
				this.pace = this.pace.connected(this.upstreams.clock().nanoTime());
			}
		}
		catch (IOException | RuntimeException ex) {
			failed(upstream, ex.toString(), 1);
		}
	}

	private void failed(Upstream upstream, String reason, int worthTelling) {
		this.pace = this.pace.failed(this.upstreams.clock().nanoTime(), ThreadLocalRandom.current().nextDouble());
		if (!this.told && this.pace.failures() >= worthTelling && !Thread.currentThread().isInterrupted()) {
			this.told = true;
			logger.warn(("No connections are kept ready to upstream %s for the %s client for now: %s. Tried again at "
					+ "least once a minute, which is not logged each time (%s)")
				.formatted(upstream, this.connector.kind().name().toLowerCase(Locale.ROOT), reason,
						upstream.property("pool.min-idle")));
		}
	}

	private Call call(Upstream upstream) {
		return new Call(upstream, this.partition, CallerTimeouts.NONE, "min-idle",
				new CallDeadline(this.upstreams.clock().nanoTime(), null, upstream.property("timeout.call")));
	}

	private static boolean wasClosedByPeer(ConnectionRecord connection) {
		return connection.requests() == 0 && (connection.isClosing(CloseReason.PEER_CLOSED_IDLE)
				|| connection.isClosing(CloseReason.UNASKED_BYTES));
	}

	private List<ConnectionRecord> idle(Upstream upstream, Predicate<ConnectionRecord> which) {
		List<ConnectionRecord> idle = new ArrayList<>();
		for (ConnectionRecord connection : upstream.stats().connections()) {
			if (connection.upstream() == upstream && connection.probe().kind() == this.connector.kind()
					&& connection.isIdle() && which.test(connection)) {
				idle.add(connection);
			}
		}
		return idle;
	}

}
