package dev.tidepool.connection;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.ReuseOrder;

/**
 * The one pool of an application: the limits, the threads that look after connections and
 * after deadlines, and the canaries of all its clients. Where a client keeps its own
 * connections is its {@link ClientPool}.
 */
public final class SharedPool implements PoolControl, AutoCloseable {

	private final Upstreams upstreams;

	private final ConnectionEvents events;

	private final Sweeper sweeper;

	private final DeadlineWatch deadlines;

	private final Canaries canaries = new Canaries();

	private final IdleEviction eviction;

	private final List<ClientPool> clientPools = new CopyOnWriteArrayList<>();

	private final AtomicBoolean removing = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Create a pool, and start its sweeper.
	 * @param upstreams settings and counters of each upstream
	 * @param events where connects and waits are told
	 */
	public SharedPool(Upstreams upstreams, ConnectionEvents events) {
		this.upstreams = upstreams;
		this.events = events;
		this.sweeper = new Sweeper(upstreams.clock());
		this.deadlines = new DeadlineWatch(upstreams.clock());
		this.eviction = new IdleEviction(upstreams, this::removeClosingSoon);
		this.deadlines.start();
		IdleSweep sweep = new IdleSweep(upstreams, this.canaries, this::removeClosing);
		this.sweeper.start((now) -> {
			long next = sweep.sweep(now);
			events.swept(now);
			return next;
		});
	}

	/**
	 * Look after the connections of one more kind of client.
	 * @param clientPool its pool, closed with this one
	 */
	public void add(ClientPool clientPool) {
		this.clientPools.add(clientPool);
	}

	public Upstreams upstreams() {
		return this.upstreams;
	}

	public ConnectionEvents events() {
		return this.events;
	}

	public NanoClock clock() {
		return this.upstreams.clock();
	}

	public Sweeper sweeper() {
		return this.sweeper;
	}

	public DeadlineWatch deadlines() {
		return this.deadlines;
	}

	public Canaries canaries() {
		return this.canaries;
	}

	public IdleEviction eviction() {
		return this.eviction;
	}

	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * Have a sweep run at once, for instance after certificates were replaced.
	 */
	public void sweepNow() {
		this.sweeper.sweepNow();
	}

	@Override
	public void maxPerUpstream(String upstream, int max) {
		this.upstreams.maxPerUpstream(upstream, max).forEach(this.eviction::evictExcess);
	}

	@Override
	public void maxTotal(int max) {
		this.upstreams.gate().maxTotal(new PoolLimits(max, ReuseOrder.LIFO).maxTotal());
		this.eviction.evictExcess();
	}

	@Override
	public int evictIdle(String upstream) {
		return this.eviction.evict(this.upstreams.named(upstream)::contains);
	}

	@Override
	public int evictIdle() {
		return this.eviction.evict((upstream) -> true);
	}

	/**
	 * A call that has passed the gate leaves it, its connection given back or closed.
	 * @param upstream its upstream
	 */
	public void leave(Upstream upstream) {
		AdmissionGate.Lane lane = upstream.lane();
		boolean above = lane.isAboveLimit();
		lane.leave();
		if (above) {
			// What came back is idle by now, and one too many
			this.eviction.evictExcess(upstream);
		}
	}

	private void removeClosingSoon() {
		if (this.removing.compareAndSet(false, true)) {
			this.sweeper.close(() -> {
				this.removing.set(false);
				removeClosing();
			});
		}
	}

	private void removeClosing() {
		this.clientPools.forEach(ClientPool::removeClosing);
	}

	/**
	 * Take no new calls, until started again, and keep no idle connection.
	 * @param stopped run when the calls in flight are over, unless the pool is closed
	 * before
	 */
	public void stop(Runnable stopped) {
		this.canaries.close();
		this.upstreams.shutdown().begin(() -> {
			closeIdle();
			this.sweeper.close(stopped);
		});
		this.sweeper.sweepNow();
	}

	/**
	 * Take calls again after a stop.
	 */
	public void start() {
		this.canaries.open();
		this.upstreams.shutdown().revoke();
	}

	private void closeIdle() {
		this.upstreams.stats()
			.stream()
			.flatMap((stats) -> stats.connections().stream())
			.filter((connection) -> connection.state() != ConnectionRecord.State.ACTIVE)
			.forEach((connection) -> connection.closing(CloseReason.SHUT_DOWN));
		removeClosing();
	}

	/**
	 * Close all connections and end the sweeper. Calls in flight fail, later ones are
	 * refused. Harmless when repeated.
	 */
	@Override
	public void close() {
		this.upstreams.shutdown().complete();
		this.closed = true;
		this.canaries.close();
		this.clientPools.forEach(ClientPool::close);
		this.sweeper.close();
		this.deadlines.close();
	}

}
