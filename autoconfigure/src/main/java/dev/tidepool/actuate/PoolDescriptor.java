package dev.tidepool.actuate;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

/**
 * All connections, over all upstreams. Each belongs to the client that made it, but the
 * limits, and the line of those that wait, are one for all clients.
 *
 * @param name {@code shared}
 * @param active connections that callers hold
 * @param idle connections that wait in the pool
 * @param canaries connections that are watched until their upstream closes them
 * @param byClient the same apart: {@code blocking} are those of RestClient and
 * RestTemplate, {@code reactive} those of WebClient
 * @param pending callers that wait, of all clients
 * @param maxTotal connections that there may be, active and idle, of all clients together
 * @param sweeper the thread that closes what has aged
 */
record PoolDescriptor(String name, long active, long idle, long canaries, Map<String, ClientDescriptor> byClient,
		long pending, int maxTotal, SweeperDescriptor sweeper) {

	static PoolDescriptor of(Upstreams upstreams) {
		Collection<UpstreamStats> stats = upstreams.stats();
		Map<String, ClientDescriptor> byClient = new LinkedHashMap<>();
		for (ClientKind client : ClientKind.values()) {
			byClient.put(client.name().toLowerCase(Locale.ROOT), ClientDescriptor.of(client, stats));
		}
		Collection<ClientDescriptor> clients = byClient.values();
		return new PoolDescriptor("shared", clients.stream().mapToLong(ClientDescriptor::active).sum(),
				clients.stream().mapToLong(ClientDescriptor::idle).sum(),
				clients.stream().mapToLong(ClientDescriptor::canaries).sum(), byClient,
				stats.stream().mapToLong(UpstreamStats::pending).sum(), upstreams.gate().maxTotal(),
				new SweeperDescriptor(TimeUnit.NANOSECONDS.toMillis(upstreams.nanosSinceSweep())));
	}

	/**
	 * The connections of one client.
	 *
	 * @param active connections that callers hold
	 * @param idle connections that wait in the pool
	 * @param canaries connections that are watched until their upstream closes them
	 */
	record ClientDescriptor(long active, long idle, long canaries) {

		private static ClientDescriptor of(ClientKind client, Collection<UpstreamStats> stats) {
			return new ClientDescriptor(count(client, State.ACTIVE, stats), count(client, State.IDLE, stats),
					count(client, State.CANARY, stats));
		}

		private static long count(ClientKind client, State state, Collection<UpstreamStats> stats) {
			return stats.stream().mapToLong((each) -> each.connections(client, state)).sum();
		}

	}

	/**
	 * The thread that closes what has aged.
	 *
	 * @param lastRunMillisAgo how long ago its last run was complete; it runs once a
	 * second at least
	 */
	record SweeperDescriptor(long lastRunMillisAgo) {

	}

}
