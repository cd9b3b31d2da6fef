package dev.tidepool.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.connection.ConnectionSnapshot;
import dev.tidepool.connection.Leaks;
import dev.tidepool.connection.UpstreamSnapshot;

/**
 * What is known of the upstreams of one name. Counts are since the start.
 *
 * @param name the configured name, else {@code host:port}
 * @param connections its connections
 * @param callers those that want one
 * @param connect how long it took to make them, by phase
 * @param requestsPerConnection requests that connections carried, on average of those
 * that are closed; {@code null} if none is yet
 * @param reuseRatio share of the requests that met an open connection, from 0 to 1;
 * {@code null} if there was none yet
 * @param retries repeats by cause and outcome, those that happened
 * @param retryBudget repeats that the budget has left
 * @param expired waits that a time-out ended, by phase, those that happened
 * @param drains responses that were closed before their end, by what became of the rest,
 * those that happened
 * @param leaks connections that callers did not give back
 * @param keepAlive for how long idle connections are trusted, for each address; 50 of
 * them at most
 * @param settings the settings in force; {@code null} in the list of all upstreams
 * @param findings what an operator should know of it
 */
record UpstreamDescriptor(String name, ConnectionsDescriptor connections, CallersDescriptor callers,
		Map<String, LatencyDescriptor> connect, @Nullable Double requestsPerConnection, @Nullable Double reuseRatio,
		Map<String, Map<String, Long>> retries, long retryBudget, Map<String, Long> expired, Map<String, Long> drains,
		LeaksDescriptor leaks, List<KeepAliveDescriptor> keepAlive, @Nullable List<SettingDescriptor> settings,
		List<Finding> findings) implements OperationResponseBody {

	/**
	 * The connections of an upstream.
	 *
	 * @param active those that callers hold
	 * @param idle those that wait in the pool
	 * @param canaries those that are watched until the upstream closes them
	 * @param max how many there may be, active and idle
	 * @param opened how many were made
	 * @param closed how many were closed, by reason, those that happened
	 * @param oldestMillis age of the oldest that is open, 0 if none is
	 * @param ages those that are open, the oldest first, 50 at most; {@code null} in the
	 * list of all upstreams
	 */
	record ConnectionsDescriptor(long active, long idle, long canaries, long max, long opened, Map<String, Long> closed,
			long oldestMillis, @Nullable List<ConnectionDescriptor> ages) {

	}

	/**
	 * One connection.
	 *
	 * @param address where it leads
	 * @param state {@code active}, {@code idle} or {@code canary}
	 * @param ageMillis how long ago it was made
	 * @param idleMillis how long ago its last response was complete, {@code null} while a
	 * caller holds it
	 * @param requests requests that it has carried, or carries
	 */
	record ConnectionDescriptor(String address, String state, long ageMillis, @Nullable Long idleMillis, int requests) {

		static ConnectionDescriptor of(ConnectionSnapshot connection) {
			return new ConnectionDescriptor(connection.upstream().address(),
					connection.state().name().toLowerCase(Locale.ROOT), connection.age().toMillis(),
					millis(connection.idle()), connection.requests());
		}

	}

	/**
	 * Those that want a connection.
	 *
	 * @param pending how many wait
	 * @param acquire how long they waited that got one
	 * @param usage how long they held it
	 * @param refused how many got none, since too many were waiting already
	 * @param expired how many got none in time
	 */
	record CallersDescriptor(long pending, LatencyDescriptor acquire, LatencyDescriptor usage, long refused,
			long expired) {

	}

	/**
	 * Connections that callers did not give back.
	 *
	 * @param reclaimed those whose response was dropped unclosed, and that were taken
	 * back
	 * @param suspected those that were held for longer than leak-detection-threshold,
	 * which may have come back after all
	 * @param places where they were taken, the one seen last first; known only with a
	 * leak-detection-threshold
	 */
	record LeaksDescriptor(long reclaimed, long suspected, List<Leaks.Place> places) {

	}

	/**
	 * For how long idle connections to one address are trusted.
	 *
	 * @param address scheme, host and port
	 * @param proxy the proxy on the way, {@code null} for none
	 * @param trustedMillis how long they are trusted
	 * @param limitMillis the idle time-out of the upstream that this reckons with
	 * @param source where that comes from: {@code configured}, {@code header},
	 * {@code learned} or {@code default}
	 * @param configuredMillis the idle time-out that was configured, or {@code null}
	 * @param announcedMillis the one in the last Keep-Alive header, or {@code null}
	 * @param learnedMillis the one that was learned, or {@code null}
	 * @param learnedMaxRequests the learned number of requests after which the upstream
	 * closes, or {@code null}
	 */
	record KeepAliveDescriptor(String address, @Nullable String proxy, long trustedMillis, long limitMillis,
			String source, @Nullable Long configuredMillis, @Nullable Long announcedMillis,
			@Nullable Long learnedMillis, @Nullable Integer learnedMaxRequests) {

		static KeepAliveDescriptor of(UpstreamSnapshot upstream) {
			int maxRequests = upstream.learnedMaxRequests();
			return new KeepAliveDescriptor(upstream.key().address(), upstream.key().proxy(),
					upstream.trusted().toMillis(), upstream.limit().toMillis(),
					upstream.source().name().toLowerCase(Locale.ROOT), millis(upstream.configuredTimeout()),
					millis(upstream.announcedTimeout()), millis(upstream.learnedTimeout()),
					(maxRequests > 0) ? maxRequests : null);
		}

	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() : null;
	}

}
