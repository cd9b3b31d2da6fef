package dev.tidepool.connection;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one established connection. Written by the caller that holds the
 * connection, and read by the sweeper: the volatile state publishes the plain fields
 * beside it.
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
		 * It is gone.
		 */
		CLOSED

	}

	private enum Exchange {

		NONE, REQUEST, RESPONSE

	}

	private final Upstream upstream;

	private long idleSince;

	private long trustedNanos;

	private int requests;

	private Exchange exchange = Exchange.NONE;

	private volatile State state = State.ACTIVE;

	private @Nullable CloseReason closeReason;

	ConnectionRecord(Upstream upstream) {
		this.upstream = upstream;
	}

	public Upstream upstream() {
		return this.upstream;
	}

	public State state() {
		return this.state;
	}

	/**
	 * A request is about to be written.
	 * @return whether the connection has carried a request before
	 */
	public boolean requestStarts() {
		this.exchange = Exchange.REQUEST;
		return this.requests++ > 0;
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
	 * The connection goes back to the pool.
	 * @param now the monotonic clock
	 * @return when it ages out
	 */
	public long idle(long now) {
		this.exchange = Exchange.NONE;
		this.idleSince = now;
		this.state = State.IDLE;
		return now + this.trustedNanos;
	}

	public void active() {
		this.state = State.ACTIVE;
	}

	/**
	 * How long an idle connection is trusted yet. One that is out of trust has its reason
	 * to close from here.
	 * @param now the monotonic clock
	 * @return nanoseconds, zero or less once it has aged out
	 */
	public long trustLeft(long now) {
		long left = this.trustedNanos - (now - this.idleSince);
		if (left <= 0) {
			closing(CloseReason.IDLE);
		}
		return left;
	}

	/**
	 * Note why the connection is about to be closed. The first reason stays: what follows
	 * from it is no reason of its own.
	 * @param reason the reason
	 */
	public synchronized void closing(CloseReason reason) {
		if (this.closeReason == null) {
			this.closeReason = reason;
		}
	}

	/**
	 * Whether a reason to close has been noted, and is this one.
	 * @param reason the reason to compare with
	 * @return whether it is the one
	 */
	public synchronized boolean isClosing(CloseReason reason) {
		return this.closeReason == reason;
	}

	/**
	 * The connection was closed. Only the first call counts.
	 */
	public void closed() {
		CloseReason reason;
		synchronized (this) {
			if (this.state == State.CLOSED) {
				return;
			}
			reason = (this.closeReason != null) ? this.closeReason : reasonFromProgress();
			this.state = State.CLOSED;
		}
		this.upstream.stats().closed(this, reason);
	}

	private CloseReason reasonFromProgress() {
		return switch (this.exchange) {
			case NONE -> (this.requests > 0) ? CloseReason.SHRINK : CloseReason.ERROR;
			case REQUEST -> (this.requests > 1) ? CloseReason.PEER_CLOSED_ON_REUSE : CloseReason.ERROR;
			case RESPONSE -> CloseReason.UNREAD_RESPONSE;
		};
	}

}
