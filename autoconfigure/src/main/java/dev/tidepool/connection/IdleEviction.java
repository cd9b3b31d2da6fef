package dev.tidepool.connection;

import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Idle connections that leave before their time, the least recently used first: they make
 * room for another connection, for a lowered limit, or because somebody asks. Idle and
 * active connections together stay within the limits that are in force at the gate, which
 * is the only place that knows them.
 */
public final class IdleEviction {

	// Closed in order once they have left the pool
	private static final Consumer<ConnectionRecord> LEAVE = (connection) -> {
	};

	private final Upstreams upstreams;

	private final Runnable removal;

	/**
	 * Create an eviction.
	 * @param upstreams all upstreams
	 * @param removal has the connections leave the pool that are noted to close
	 */
	public IdleEviction(Upstreams upstreams, Runnable removal) {
		this.upstreams = upstreams;
		this.removal = removal;
	}

	/**
	 * A connection is about to be made, which is counted already: evict what it makes too
	 * many.
	 * @param upstream its upstream
	 */
	public void makeRoom(Upstream upstream) {
		// No look at each connection where there is room in any case
		if (upstream.sockets().count() > upstream.lane().max()
				|| this.upstreams.sockets().count() > this.upstreams.gate().maxTotal()) {
			evictExcess(upstream);
		}
	}

	/**
	 * Whether there is room for one more idle connection, without another one having to
	 * leave.
	 * @param upstream its upstream, whose gate it has passed
	 * @return whether it would stay within the limits
	 */
	public synchronized boolean hasRoom(Upstream upstream) {
		AdmissionGate gate = this.upstreams.gate();
		return idle(Stream.of(upstream.stats()), (each) -> each == upstream).size()
				+ upstream.lane().active() <= upstream.lane().max()
				&& idle((each) -> true).size() + gate.active() <= gate.maxTotal();
	}

	/**
	 * Evict what one upstream has too many of, then what all have together.
	 * @param upstream the upstream
	 */
	// One at a time: two that count the same excess would evict it twice
	public synchronized void evictExcess(Upstream upstream) {
		AdmissionGate.Lane lane = upstream.lane();
		List<Idle> idle = idle(Stream.of(upstream.stats()), (each) -> each == upstream);
		evict(idle, idle.size() + lane.active() - lane.max(), LEAVE);
		evictExcess();
	}

	/**
	 * Evict what all upstreams have too many of together.
	 */
	public synchronized void evictExcess() {
		AdmissionGate gate = this.upstreams.gate();
		List<Idle> idle = idle((each) -> true);
		evict(idle, idle.size() + gate.active() - gate.maxTotal(), LEAVE);
	}

	/**
	 * Evict idle connections, needed or not.
	 * @param which of which upstreams
	 * @return how many
	 */
	public synchronized int evict(Predicate<Upstream> which) {
		return evict(idle(which), Integer.MAX_VALUE, LEAVE);
	}

	/**
	 * Give idle connections up with a reset, so that their descriptors and local ports
	 * are free on return.
	 * @param count how many at most
	 * @return how many
	 */
	public synchronized int giveUp(int count) {
		return evict(idle((each) -> true), count, (connection) -> connection.probe().reset());
	}

	private List<Idle> idle(Predicate<Upstream> which) {
		return idle(this.upstreams.stats().stream(), which);
	}

	private List<Idle> idle(Stream<UpstreamStats> tags, Predicate<Upstream> which) {
		long now = this.upstreams.clock().nanoTime();
		// Read once: they are used meanwhile, and what changes cannot be sorted
		return tags.flatMap((stats) -> stats.connections().stream())
			.filter((connection) -> connection.isIdle() && which.test(connection.upstream()))
			.map((connection) -> new Idle(connection, connection.idleNanos(now)))
			.sorted(Comparator.comparingLong(Idle::nanos).reversed())
			.toList();
	}

	private int evict(List<Idle> longestIdleFirst, int count, Consumer<ConnectionRecord> closing) {
		int evicted = 0;
		for (Idle idle : longestIdleFirst) {
			if (evicted >= count) {
				break;
			}
			if (idle.connection().leaveIfIdle(CloseReason.SHRINK)) {
				evicted++;
				closing.accept(idle.connection());
			}
		}
		if (evicted > 0) {
			this.removal.run();
		}
		return evicted;
	}

	private record Idle(ConnectionRecord connection, long nanos) {

	}

}
