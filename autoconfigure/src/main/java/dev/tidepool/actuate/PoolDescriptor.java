package dev.tidepool.actuate;

import java.time.Duration;
import java.util.List;

import dev.tidepool.connection.StatsSnapshot;

/**
 * All connections of one kind of client, over all upstreams.
 *
 * @param name {@code blocking}
 * @param active connections that callers hold
 * @param idle connections that wait in the pool
 * @param canaries connections that are watched until their upstream closes them
 * @param pending callers that wait
 * @param maxTotal connections that there may be, active and idle
 * @param sweeper the thread that closes what has aged
 */
record PoolDescriptor(String name, long active, long idle, long canaries, long pending, int maxTotal,
		SweeperDescriptor sweeper) {

	static PoolDescriptor of(String name, List<StatsSnapshot> upstreams, int maxTotal, Duration sinceSweep) {
		return new PoolDescriptor(name, upstreams.stream().mapToLong(StatsSnapshot::active).sum(),
				upstreams.stream().mapToLong(StatsSnapshot::idle).sum(),
				upstreams.stream().mapToLong(StatsSnapshot::canaries).sum(),
				upstreams.stream().mapToLong(StatsSnapshot::pending).sum(), maxTotal,
				new SweeperDescriptor(sinceSweep.toMillis()));
	}

	/**
	 * The thread that closes what has aged.
	 *
	 * @param lastRunMillisAgo how long ago it started its last run; it runs once a second
	 * at least
	 */
	record SweeperDescriptor(long lastRunMillisAgo) {

	}

}
