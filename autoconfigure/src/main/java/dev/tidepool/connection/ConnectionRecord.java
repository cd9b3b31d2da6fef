package dev.tidepool.connection;

import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.policy.PeerClose;

/**
 * What is known of one established connection. Whose {@link Turn} it is has the
 * connection and the plain fields to itself: the caller while it is active, the sweeper
 * while it looks at it.
 */
public final class ConnectionRecord extends ExchangeRecord {

	/**
	 * The states of a connection.
	 */
	public enum State {

		/**
		 * A caller holds it.
		 */
		ACTIVE,

		/**
		 * It waits in the pool.
		 */
		IDLE,

		/**
		 * It waits in the pool, and the sweeper looks at it just now.
		 */
		LOOKED_AT,

		/**
		 * It has left the pool, and is watched until the upstream closes it.
		 */
		CANARY,

		/**
		 * It is gone.
		 */
		CLOSED;

		/**
		 * The state as people see it: a look is over at once.
		 */
		State shown() {
			return (this == LOOKED_AT) ? IDLE : this;
		}

	}

	/**
	 * How long a connection is trusted that has served no request yet: most servers give
	 * the first request as much time or more.
	 */
	static final long UNUSED_TRUST = TimeUnit.SECONDS.toNanos(30);

	/**
	 * A connection that was used so recently is not looked at again for a request that
	 * can be repeated.
	 */
	static final long JUST_USED = TimeUnit.MILLISECONDS.toNanos(1);

	private static final Log logger = LogFactory.getLog(ConnectionRecord.class);

	private final Upstream upstream;

	private final ConnectionProbe probe;

	private final @Nullable TlsGeneration tls;

	private final long created;

	private final long lifetime;

	private final Turn turn = new Turn();

	private long seenAlive;

	private long trustedNanos = UNUSED_TRUST;

	private boolean onTrial;

	private boolean lookedAtOnLease;

	private boolean pooled;

	private volatile boolean left;

	ConnectionRecord(Upstream upstream, ConnectionProbe probe, @Nullable TlsGeneration tls, long now, long lifetime) {
		super(now);
		this.upstream = upstream;
		this.probe = probe;
		this.tls = tls;
		this.created = now;
		this.lifetime = lifetime;
		this.seenAlive = now;
	}

	public Upstream upstream() {
		return this.upstream;
	}

	public ConnectionProbe probe() {
		return this.probe;
	}

	public State state() {
		return this.turn.state();
	}

	/**
	 * How long ago the connection was made.
	 * @param now the monotonic clock
	 * @return nanoseconds
	 */
	public long age(long now) {
		return now - this.created;
	}

	/**
	 * Set for how long the connection may stay idle after the exchange in progress.
	 * @param nanos the trusted age
	 */
	public void trust(long nanos) {
		this.trustedNanos = nanos;
	}

	/**
	 * The exchange is complete: decide whether the connection may go back to the pool. If
	 * not, the reason is noted.
	 * @param now the monotonic clock
	 * @return whether it may
	 */
	public boolean mayGoBack(long now) {
		this.seenAlive = now;
		if (!exchangeEnds(now)) {
			return false;
		}
		if (this.probe.hasUnaskedBytes()) {
			closing(CloseReason.UNASKED_BYTES);
			return false;
		}
		if (requests() > 0 && requests() >= this.upstream.maxRequests() && !goesBeyondLimit(now)) {
			closing(CloseReason.REQUESTS);
			return false;
		}
		return !isOutdated(now);
	}

	private boolean goesBeyondLimit(long now) {
		this.upstream.served(requests(), now);
		this.onTrial = this.upstream.requestLimit().isTried(requests(), this.onTrial, now);
		return this.onTrial || requests() < this.upstream.maxRequests();
	}

	/**
	 * The connection is in the pool.
	 * @return when it ages out
	 */
	public long idle() {
		long agesOut = idleSince() + trusted();
		this.lookedAtOnLease = false;
		this.pooled = true;
		// Unless the pool was closed, or the connection reclaimed, meanwhile
		this.turn.giveBack();
		return agesOut;
	}

	/**
	 * Take the connection out of the pool for a caller, whatever comes of it.
	 * @param now the monotonic clock
	 * @param oneTry whether the caller's request must not be sent twice
	 * @return whether it may carry that request; if not, the reason is noted
	 */
	public boolean lease(long now, boolean oneTry) {
		if (!this.turn.lease() || hasToGo(now)) {
			return false;
		}
		return (!oneTry && idleNanos(now) < JUST_USED && this.probe.isQuiet()) || isAlive(now, false);
	}

	// What was found wrong with it before is not found again
	private boolean hasToGo(long now) {
		return isClosing() || hasAged(now) || isOutdated(now);
	}

	private boolean hasAged(long now) {
		if (idleNanos(now) >= trusted()) {
			closing(CloseReason.IDLE);
			return true;
		}
		return false;
	}

	private boolean isOutdated(long now) {
		if (this.tls != null && this.tls.isReplaced()) {
			closing(CloseReason.TLS_ROTATED);
			return true;
		}
		if (age(now) >= this.lifetime) {
			closing(CloseReason.LIFETIME);
			return true;
		}
		return false;
	}

	private long trusted() {
		return (requests() == 0) ? this.trustedNanos : Math.min(this.trustedNanos, this.upstream.stillTrustedNanos());
	}

	/**
	 * Look at the connection before the first byte of a request that must not be sent
	 * twice, unless the lease just did.
	 * @param now the monotonic clock
	 * @return whether it is alive
	 */
	public boolean isAliveForOneTry(long now) {
		return requests() == 0 || (!retiresForOneTry() && (this.lookedAtOnLease || isAlive(now, false)));
	}

	/**
	 * Have the connection retire, rather than carry a request that must not be sent twice
	 * where its upstream may serve no more of them.
	 * @return whether it has to be closed, the reason being noted
	 */
	public boolean retiresForOneTry() {
		boolean retires = this.upstream.requestLimit().isReachedBy(requests());
		if (retires) {
			closing(CloseReason.REQUESTS);
		}
		return retires;
	}

	private boolean isAlive(long now, boolean sweeping) {
		this.lookedAtOnLease = !sweeping;
		Look look;
		try {
			look = this.probe.look();
		}
		catch (RuntimeException ex) {
			logger.warn("A connection to upstream %s cannot be looked at, and is closed".formatted(this.upstream), ex);
			closing(CloseReason.ERROR);
			return false;
		}
		return isAlive(look, now);
	}

	/**
	 * A request went out, and the peer turned out to have closed the connection.
	 * @param now the monotonic clock
	 */
	public void lostOnReuse(long now) {
		foundClosed(now, CloseReason.PEER_CLOSED_ON_REUSE);
	}

	private void foundClosed(long now, CloseReason reason) {
		closing(reason);
		int served = (reason == CloseReason.PEER_CLOSED_ON_REUSE) ? requests() - 1 : requests();
		this.upstream.learn(new PeerClose(state() == State.CANARY, idleNanos(this.seenAlive), idleNanos(now), served),
				now);
	}

	/**
	 * The peer closed the connection, as its client saw at once. Is learned from if it
	 * was idle; does nothing while a caller holds it, whose exchange fails.
	 * @param now the monotonic clock
	 * @return whether it was idle, so that it has to leave the pool, the reason being
	 * noted
	 */
	public boolean closedByPeer(long now) {
		if (!this.turn.take()) {
			return false;
		}
		try {
			return isClosing() || !isAlive(now, true);
		}
		finally {
			this.turn.putBack();
		}
	}

	/**
	 * Take in what a look saw, just before the first byte of a request that must not be
	 * sent twice.
	 * @param look what was seen
	 * @param now the monotonic clock
	 * @return whether the connection is alive
	 */
	public boolean isAlive(Look look, long now) {
		if (look == Look.ALIVE) {
			this.seenAlive = now;
			return true;
		}
		if (look == Look.CLOSED) {
			foundClosed(now, CloseReason.PEER_CLOSED_IDLE);
		}
		else {
			closing(CloseReason.UNASKED_BYTES);
		}
		return false;
	}

	/**
	 * Look after an idle connection.
	 * @param now the monotonic clock
	 * @param lookAfter how long ago it must have been seen alive for another look
	 * @return nanoseconds until it ages out; zero or less if it has to leave the pool,
	 * the reason then being noted
	 */
	long sweep(long now, long lookAfter) {
		if (!this.turn.takeIfFree()) {
			return Long.MAX_VALUE;
		}
		try {
			boolean stays = !hasToGo(now) && (now - this.seenAlive < lookAfter || isAlive(now, true));
			return stays ? trusted() - idleNanos(now) : 0;
		}
		finally {
			this.turn.putBack();
		}
	}

	/**
	 * Whether nobody uses the connection, so that it can make room for another one, be it
	 * that it has to leave the pool anyway.
	 */
	boolean isUnused() {
		return this.turn.isIdle();
	}

	/**
	 * Whether the connection waits in the pool, with nothing found that has it leave.
	 * @return whether it is idle
	 */
	public boolean isIdle() {
		return isUnused() && !isClosing();
	}

	/**
	 * Have the connection leave the pool, unless a caller has taken it.
	 * @return whether it leaves, and for this reason
	 */
	boolean leaveIfIdle(CloseReason reason) {
		if (!this.turn.take()) {
			return false;
		}
		try {
			return closingFirst(reason);
		}
		finally {
			this.turn.putBack();
		}
	}

	/**
	 * Have the connection make room for another one, unless a caller has taken it.
	 * @return whether it does: then it counts as closed, and who was told so has to close
	 * it, which nobody else does, before the other one is made
	 */
	boolean makesRoom() {
		if (!this.turn.take()) {
			return false;
		}
		// What was found wrong with it before stays the reason
		closing(CloseReason.SHRINK);
		closed();
		return true;
	}

	/**
	 * The connection has left the pool, and waits to be closed: by its caller, by who
	 * needs its place, else by the sweeper.
	 */
	public void leaves() {
		this.left = true;
		closing(reasonFromProgress());
		this.turn.leave();
	}

	/**
	 * Close the connection if it has left the pool, and nobody has closed it yet.
	 */
	public void closeIfLeft() {
		if (this.left && makesRoom()) {
			this.probe.closeInOrder();
		}
	}

	/**
	 * Take a connection back whose caller has dropped its response unclosed. It may come
	 * back at the same time, at the end of its response, and be the next caller's.
	 */
	void reclaimIfAbandoned() {
		if (!this.probe.isAbandoned() || !this.turn.takeFromCaller()) {
			return;
		}
		// Asked again: the first answer may have been about a caller before
		if (this.probe.isAbandoned()) {
			closing(CloseReason.LEAK);
			closed();
			this.probe.reclaim();
		}
		else {
			this.turn.returnToCaller();
		}
	}

	/**
	 * Whether no request is in progress, so that the connection can be closed in order.
	 * @return whether its last exchange is complete
	 */
	public boolean isBetweenRequests() {
		return !isInExchange() && (requests() > 0 || this.pooled);
	}

	/**
	 * Whether what ended the connection's time in the pool is its age, and nothing is
	 * wrong with it, so that it can be a canary.
	 */
	boolean canBeWatched() {
		return requests() > 0 && isBetweenRequests() && isClosing(CloseReason.IDLE) && state() != State.CLOSED;
	}

	/**
	 * The connection is a canary from now on.
	 * @return whether it is; if not, it was closed meanwhile
	 */
	synchronized boolean watched() {
		boolean watched = this.turn.watch();
		if (watched) {
			this.upstream.sockets().remove();
		}
		return watched;
	}

	/**
	 * Look at a canary, which is its watch's alone.
	 * @return whether the upstream still keeps it
	 */
	boolean watch(long now) {
		return isAlive(now, true);
	}

	/**
	 * The connection was closed. Only the first call counts.
	 */
	public synchronized void closed() {
		State state = this.turn.end();
		if (state != State.CLOSED) {
			if (state != State.CANARY) {
				this.upstream.sockets().remove();
			}
			this.upstream.stats().closed(this, closeReason());
		}
	}

}
