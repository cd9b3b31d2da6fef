package dev.tidepool.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionProbe.Look;
import dev.tidepool.policy.PeerClose;

/**
 * What is known of one established connection. Whoever moves the state on, by compare and
 * set, has the connection and the plain fields to itself: the caller while it is active,
 * the sweeper while it looks at it.
 */
public final class ConnectionRecord {

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
		CLOSED

	}

	private enum Exchange {

		NONE, REQUEST, RESPONSE

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

	private static final AtomicReferenceFieldUpdater<ConnectionRecord, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(ConnectionRecord.class, State.class, "state");

	private final Upstream upstream;

	private final ConnectionProbe probe;

	private final @Nullable TlsGeneration tls;

	private final long created;

	private final long lifetime;

	private long idleSince;

	private long seenAlive;

	private long trustedNanos = UNUSED_TRUST;

	private int requests;

	private boolean onTrial;

	private boolean lookedAtOnLease;

	private boolean pooled;

	private Exchange exchange = Exchange.NONE;

	private volatile boolean cutShort;

	private volatile boolean left;

	private volatile State state = State.ACTIVE;

	// Written by whoever closes, one at a time; read by every caller
	private volatile @Nullable CloseReason closeReason;

	ConnectionRecord(Upstream upstream, ConnectionProbe probe, @Nullable TlsGeneration tls, long now, long lifetime) {
		this.upstream = upstream;
		this.probe = probe;
		this.tls = tls;
		this.created = now;
		this.lifetime = lifetime;
		this.idleSince = now;
		this.seenAlive = now;
	}

	public Upstream upstream() {
		return this.upstream;
	}

	public ConnectionProbe probe() {
		return this.probe;
	}

	public State state() {
		return this.state;
	}

	public int requests() {
		return this.requests;
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
	 * What is known at this moment.
	 * @param now the monotonic clock
	 * @return the state, and how long it has been so
	 */
	public ConnectionSnapshot snapshot(long now) {
		State state = this.state;
		boolean idle = state != State.ACTIVE && state != State.CLOSED;
		return new ConnectionSnapshot(this.upstream.key(), (state == State.LOOKED_AT) ? State.IDLE : state,
				Duration.ofNanos(age(now)), idle ? Duration.ofNanos(now - this.idleSince) : null, this.requests);
	}

	/**
	 * A request is about to be written.
	 * @return whether the connection has carried a request before
	 */
	public boolean requestStarts() {
		this.exchange = Exchange.REQUEST;
		return this.requests++ > 0;
	}

	/**
	 * The request is not written to its end, so that no other can follow.
	 */
	public void requestEndsEarly() {
		this.cutShort = true;
		closing(CloseReason.CONNECTION_CLOSE);
	}

	public void responseStarts() {
		this.exchange = Exchange.RESPONSE;
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
		this.exchange = Exchange.NONE;
		this.idleSince = now;
		this.seenAlive = now;
		if (this.cutShort) {
			return false;
		}
		if (this.probe.hasUnaskedBytes()) {
			return leaves(CloseReason.UNASKED_BYTES);
		}
		if (this.requests > 0 && this.requests >= this.upstream.maxRequests() && !goesBeyondLimit(now)) {
			return leaves(CloseReason.REQUESTS);
		}
		return !isOutdated(now);
	}

	private boolean goesBeyondLimit(long now) {
		this.upstream.served(this.requests, now);
		this.onTrial = this.upstream.requestLimit().isTried(this.requests, this.onTrial, now);
		return this.onTrial || this.requests < this.upstream.maxRequests();
	}

	private boolean isOutdated(long now) {
		if (this.tls != null && this.tls.isReplaced()) {
			leaves(CloseReason.TLS_ROTATED);
			return true;
		}
		if (now - this.created >= this.lifetime) {
			leaves(CloseReason.LIFETIME);
			return true;
		}
		return false;
	}

	private boolean leaves(CloseReason reason) {
		closing(reason);
		return false;
	}

	/**
	 * The connection is in the pool.
	 * @return when it ages out
	 */
	public long idle() {
		long agesOut = this.idleSince + trusted();
		this.lookedAtOnLease = false;
		this.pooled = true;
		// Unless the pool was closed, or the connection reclaimed, meanwhile
		move(State.ACTIVE, State.IDLE);
		return agesOut;
	}

	/**
	 * Take the connection out of the pool for a caller, whatever comes of it.
	 * @param now the monotonic clock
	 * @param oneTry whether the caller's request must not be sent twice
	 * @return whether it may carry that request; if not, the reason is noted
	 */
	public boolean lease(long now, boolean oneTry) {
		if (!takeFromIdle(State.ACTIVE)) {
			return false;
		}
		// The sweeper may have found what is wrong with it already
		if (isClosing() || hasAged(now) || isOutdated(now)) {
			return false;
		}
		return (!oneTry && now - this.idleSince < JUST_USED && this.probe.isQuiet()) || isAlive(now, false);
	}

	/**
	 * Whether nobody uses the connection, so that it can make room for another one, be it
	 * that it has to leave the pool anyway.
	 * @return whether it is open and unused
	 */
	boolean isUnused() {
		State state = this.state;
		return state == State.IDLE || state == State.LOOKED_AT;
	}

	private boolean takeFromIdle(State next) {
		return move(State.IDLE, next);
	}

	// The sweeper lets go within microseconds
	private boolean move(State from, State next) {
		for (int spins = 0; !STATE.compareAndSet(this, from, next); spins++) {
			State state = this.state;
			if (state != State.LOOKED_AT && state != from) {
				return false;
			}
			if (spins < 100) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
		}
		return true;
	}

	/**
	 * Look at the connection before the first byte of a request that must not be sent
	 * twice, unless the lease just did.
	 * @param now the monotonic clock
	 * @return whether it is alive
	 */
	public boolean isAliveForOneTry(long now) {
		return this.requests == 0 || (!retiresForOneTry() && (this.lookedAtOnLease || isAlive(now, false)));
	}

	/**
	 * Have the connection retire, rather than carry a request that must not be sent twice
	 * where its upstream may serve no more of them.
	 * @return whether it has to be closed, the reason being noted
	 */
	public boolean retiresForOneTry() {
		boolean retires = this.upstream.requestLimit().isReachedBy(this.requests);
		if (retires) {
			closing(CloseReason.REQUESTS);
		}
		return retires;
	}

	private boolean isAlive(long now, boolean sweeping) {
		this.lookedAtOnLease = !sweeping;
		Look look;
		try {
			look = this.probe.look(sweeping);
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
		int served = (reason == CloseReason.PEER_CLOSED_ON_REUSE) ? this.requests - 1 : this.requests;
		this.upstream.learn(new PeerClose(this.state == State.CANARY, this.seenAlive - this.idleSince,
				now - this.idleSince, served), now);
	}

	/**
	 * The peer closed the connection, as its client saw at once. Is learned from if it
	 * was idle; does nothing while a caller holds it, whose exchange fails.
	 * @param now the monotonic clock
	 * @return whether it was idle, so that it has to leave the pool, the reason being
	 * noted
	 */
	public boolean closedByPeer(long now) {
		if (!takeFromIdle(State.LOOKED_AT)) {
			return false;
		}
		try {
			return isClosing() || !isAlive(now, true);
		}
		finally {
			// Unless the pool was closed meanwhile
			STATE.compareAndSet(this, State.LOOKED_AT, State.IDLE);
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
		if (!STATE.compareAndSet(this, State.IDLE, State.LOOKED_AT)) {
			return Long.MAX_VALUE;
		}
		try {
			// What was found wrong with it before is not found again
			boolean stays = !isClosing() && !hasAged(now) && !isOutdated(now)
					&& (now - this.seenAlive < lookAfter || isAlive(now, true));
			return stays ? trusted() - (now - this.idleSince) : 0;
		}
		finally {
			// Unless the pool was closed meanwhile
			STATE.compareAndSet(this, State.LOOKED_AT, State.IDLE);
		}
	}

	/**
	 * Whether the connection waits in the pool, with nothing found that has it leave.
	 * @return whether it is idle
	 */
	public boolean isIdle() {
		State state = this.state;
		return (state == State.IDLE || state == State.LOOKED_AT) && !isClosing();
	}

	/**
	 * How long ago the connection became idle.
	 * @param now the monotonic clock
	 * @return nanoseconds, of no use unless it is idle
	 */
	long idleNanos(long now) {
		return now - this.idleSince;
	}

	/**
	 * Have the connection leave the pool, unless a caller has taken it.
	 * @param reason why
	 * @return whether it leaves, for this reason
	 */
	boolean leaveIfIdle(CloseReason reason) {
		if (!takeFromIdle(State.LOOKED_AT)) {
			return false;
		}
		try {
			return leavesFirst(reason);
		}
		finally {
			// Unless the pool was closed meanwhile
			STATE.compareAndSet(this, State.LOOKED_AT, State.IDLE);
		}
	}

	/**
	 * Have the connection make room for another one, unless a caller has taken it.
	 * @return whether it does: then it counts as closed, and who was told so has to close
	 * it, which nobody else does, before the other one is made
	 */
	boolean makesRoom() {
		if (!takeFromIdle(State.LOOKED_AT)) {
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
		leavesFirst(reasonFromProgress());
		STATE.compareAndSet(this, State.ACTIVE, State.IDLE);
	}

	/**
	 * Close the connection if it has left the pool, and nobody has closed it yet.
	 */
	public void closeIfLeft() {
		if (this.left && makesRoom()) {
			this.probe.closeInOrder();
		}
	}

	private synchronized boolean leavesFirst(CloseReason reason) {
		boolean first = this.closeReason == null;
		closing(reason);
		return first;
	}

	/**
	 * Take a connection back whose caller has dropped its response unclosed. It may come
	 * back at the same time, at the end of its response, and be the next caller's.
	 */
	void reclaimIfAbandoned() {
		if (!this.probe.isAbandoned() || !STATE.compareAndSet(this, State.ACTIVE, State.LOOKED_AT)) {
			return;
		}
		// Asked again: the first answer may have been about a caller before
		if (this.probe.isAbandoned()) {
			closing(CloseReason.LEAK);
			closed();
			this.probe.reclaim();
		}
		else {
			STATE.compareAndSet(this, State.LOOKED_AT, State.ACTIVE);
		}
	}

	/**
	 * Look at a canary.
	 * @param now the monotonic clock
	 * @param cap the age at which watching ends
	 * @return whether it is to be watched on
	 */
	boolean watch(long now, long cap) {
		return isAlive(now, true) && now - this.idleSince < cap;
	}

	private boolean hasAged(long now) {
		if (now - this.idleSince >= trusted()) {
			closing(CloseReason.IDLE);
			return true;
		}
		return false;
	}

	private long trusted() {
		return (this.requests == 0) ? this.trustedNanos
				: Math.min(this.trustedNanos, this.upstream.stillTrustedNanos());
	}

	/**
	 * Note why the connection is about to be closed. The first reason stays: what follows
	 * from it is no reason of its own. Only an announced close is none as long as the
	 * response goes on: it is noted with its head, and much can happen before its end.
	 * @param reason the reason
	 */
	public synchronized void closing(CloseReason reason) {
		CloseReason before = this.closeReason;
		boolean announced = before == CloseReason.CONNECTION_CLOSE && this.exchange != Exchange.NONE;
		if (before == null || announced) {
			this.closeReason = reason;
		}
	}

	/**
	 * Whether a reason to close has been noted, and is this one.
	 * @param reason the reason to compare with
	 * @return whether it is the one
	 */
	public boolean isClosing(CloseReason reason) {
		return this.closeReason == reason;
	}

	/**
	 * Whether any reason to close has been noted.
	 * @return whether the connection has to go
	 */
	public boolean isClosing() {
		return this.closeReason != null;
	}

	/**
	 * Whether no request is in progress, so that the connection can be closed in order.
	 * @return whether its last exchange is complete
	 */
	public boolean isBetweenRequests() {
		return this.exchange == Exchange.NONE && (this.requests > 0 || this.pooled);
	}

	/**
	 * Whether what ended the connection's time in the pool is its age, and nothing is
	 * wrong with it, so that it can be watched.
	 * @return whether it can be a canary
	 */
	boolean canBeWatched() {
		return this.requests > 0 && isBetweenRequests() && isClosing(CloseReason.IDLE) && this.state != State.CLOSED;
	}

	/**
	 * The connection is a canary from now on.
	 * @return whether it is; if not, it was closed meanwhile
	 */
	synchronized boolean watched() {
		boolean watched = STATE.compareAndSet(this, State.IDLE, State.CANARY)
				|| STATE.compareAndSet(this, State.ACTIVE, State.CANARY);
		if (watched) {
			this.upstream.sockets().remove();
		}
		return watched;
	}

	/**
	 * The connection was closed. Only the first call counts.
	 */
	public synchronized void closed() {
		State state = STATE.getAndSet(this, State.CLOSED);
		if (state != State.CLOSED) {
			if (state != State.CANARY) {
				this.upstream.sockets().remove();
			}
			CloseReason reason = this.closeReason;
			this.upstream.stats().closed(this, (reason != null) ? reason : reasonFromProgress());
		}
	}

	private CloseReason reasonFromProgress() {
		return switch (this.exchange) {
			case NONE -> (this.requests > 0) ? CloseReason.SHRINK : CloseReason.ERROR;
			case REQUEST -> (this.requests > 1) ? CloseReason.PEER_CLOSED_ON_REUSE : CloseReason.ERROR;
			case RESPONSE -> CloseReason.UNREAD_RESPONSE;
		};
	}

}
