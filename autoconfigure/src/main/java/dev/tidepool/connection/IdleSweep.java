package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;

/**
 * What the sweeper does: looks at idle connections one by one, where they are, has those
 * leave the pool that have to, reports those that do not come back, watches the canaries,
 * and judges what was seen.
 */
public final class IdleSweep implements Sweeper.Sweep {

	/**
	 * How long ago an idle connection was seen alive when it is looked at again; with
	 * fewer of them more often, so that closes are known more exactly.
	 */
	private static final long LOOK_AFTER = TimeUnit.MILLISECONDS.toNanos(900);

	private static final long LOOK_AFTER_IF_FEW = TimeUnit.MILLISECONDS.toNanos(200);

	private static final int FEW = 500;

	private final Upstreams upstreams;

	private final Canaries canaries;

	private final Runnable removal;

	private int idleAtLastSweep;

	/**
	 * Create a sweep.
	 * @param upstreams all upstreams
	 * @param canaries all canaries
	 * @param removal has the connections leave the pool that are noted to close
	 */
	public IdleSweep(Upstreams upstreams, Canaries canaries, Runnable removal) {
		this.upstreams = upstreams;
		this.canaries = canaries;
		this.removal = removal;
	}

	@Override
	public long sweep(long now) {
		this.upstreams.tick(now);
		long lookAfter = (this.idleAtLastSweep <= FEW) ? LOOK_AFTER_IF_FEW : LOOK_AFTER;
		long next = Sweeper.MAX_PAUSE;
		boolean anyLeaves = false;
		int idle = 0;
		for (UpstreamStats stats : this.upstreams.stats()) {
			next = Math.min(next, stats.leaks().sweep(now));
			for (ConnectionRecord connection : stats.connections()) {
				connection.reclaimIfAbandoned();
				if (connection.state() == ConnectionRecord.State.IDLE) {
					idle++;
					long left = connection.sweep(now, lookAfter);
					anyLeaves |= left <= 0;
					next = (left > 0) ? Math.min(next, left) : next;
				}
			}
		}
		this.idleAtLastSweep = idle;
		if (anyLeaves) {
			this.removal.run();
		}
		if (idle > 0) {
			next = Math.min(next, lookAfter);
		}
		next = Math.min(next, this.upstreams.shutdown().sweep());
		next = Math.min(next, this.canaries.watch(now));
		this.upstreams.judge(now);
		this.upstreams.swept(now);
		return next;
	}

}
