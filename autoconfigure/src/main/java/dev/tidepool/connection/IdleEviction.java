package dev.tidepool.connection;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

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

	// Those that were looked at while they were used may be idle by the end, and the
	// others used; where a limit was lowered, all may be used
	private static final int MAX_VAIN_LOOKS = 8;

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
	 * A connection is about to be made, which is counted already: close the one that it
	 * makes too many. That is its caller's, since the sweeper would lag behind callers
	 * who each need another upstream, and their sockets would come on top of the limits.
	 * Waits for nothing but a look at the one that leaves, of microseconds.
	 * @param upstream its upstream
	 */
	public void makeRoom(Upstream upstream) {
		// No look at each connection where there is room in any case
		for (int vainLooks = 0; vainLooks < MAX_VAIN_LOOKS && !hasRoom(upstream);) {
			ConnectionRecord leaving = isWithin(upstream.sockets(), upstream.lane().max())
					? unused(this.upstreams.stats(), (each) -> true)
					: unused(List.of(upstream.stats()), (each) -> each == upstream);
			if (leaving == null) {
				vainLooks++;
			}
			else if (leaving.makesRoom()) {
				leaving.probe().closeInOrder();
				this.removal.run();
				return;
			}
		}
	}

	/**
	 * Whether there is room for a connection that is about to be made, without another
	 * one having to leave.
	 * @param upstream its upstream, at which it is counted already
	 * @return whether it stays within the limits
	 */
	public boolean hasRoom(Upstream upstream) {
		return isWithin(upstream.sockets(), upstream.lane().max())
				&& isWithin(this.upstreams.sockets(), this.upstreams.gate().maxTotal());
	}

	private static boolean isWithin(Sockets sockets, int max) {
		return sockets.count() <= max;
	}

	// One that has to leave anyway, else the one that is idle for longest
	private @Nullable ConnectionRecord unused(Collection<UpstreamStats> tags, Predicate<Upstream> which) {
		long now = this.upstreams.clock().nanoTime();
		ConnectionRecord found = null;
		long longest = Long.MIN_VALUE;
		for (UpstreamStats stats : tags) {
			for (ConnectionRecord connection : stats.connections()) {
				if (connection.isUnused() && which.test(connection.upstream())) {
					if (connection.isClosing()) {
						return connection;
					}
					long nanos = connection.idleNanos(now);
					if (nanos > longest) {
						found = connection;
						longest = nanos;
					}
				}
			}
		}
		return found;
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
