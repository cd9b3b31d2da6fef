package dev.tidepool.actuate;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.tidepool.connection.StatsSnapshot;
import dev.tidepool.connection.Upstreams;

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

	static PoolDescriptor of(String name, List<StatsSnapshot> snapshots, Upstreams upstreams) {
		return new PoolDescriptor(name, snapshots.stream().mapToLong(StatsSnapshot::active).sum(),
				snapshots.stream().mapToLong(StatsSnapshot::idle).sum(),
				snapshots.stream().mapToLong(StatsSnapshot::canaries).sum(),
				snapshots.stream().mapToLong(StatsSnapshot::pending).sum(), upstreams.gate().maxTotal(),
				new SweeperDescriptor(TimeUnit.NANOSECONDS.toMillis(upstreams.nanosSinceSweep())));
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
