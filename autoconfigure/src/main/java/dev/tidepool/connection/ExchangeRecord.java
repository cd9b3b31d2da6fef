package dev.tidepool.connection;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the exchanges of one connection: how many there were, how far the
 * latest has come or since when it is over, and why no other follows. The caller notes
 * the progress, anybody the reason. Extended by the record of the connection, so that a
 * connection costs no object and no lock more.
 */
abstract sealed class ExchangeRecord permits ConnectionRecord {

	private enum Progress {

		NONE, REQUEST, RESPONSE

	}

	private int requests;

	private Progress progress = Progress.NONE;

	private long idleSince;

	private volatile boolean cutShort;

	// Written by whoever closes, one at a time; read by every caller
	private volatile @Nullable CloseReason closeReason;

	ExchangeRecord(long now) {
		this.idleSince = now;
	}

	public int requests() {
		return this.requests;
	}

	/**
	 * A request is about to be written.
	 * @return whether the connection has carried a request before
	 */
	public boolean requestStarts() {
		this.progress = Progress.REQUEST;
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
		this.progress = Progress.RESPONSE;
	}

	/**
	 * The exchange is complete.
	 * @return whether its request was written to its end, so that another can follow
	 */
	boolean exchangeEnds(long now) {
		this.progress = Progress.NONE;
		this.idleSince = now;
		return !this.cutShort;
	}

	boolean isInExchange() {
		return this.progress != Progress.NONE;
	}

	/**
	 * When the latest exchange was complete, or the connection was made.
	 */
	long idleSince() {
		return this.idleSince;
	}

	/**
	 * How long ago that was: of no use within an exchange.
	 */
	long idleNanos(long now) {
		return now - this.idleSince;
	}

	/**
	 * Note why the connection is about to be closed. The first reason stays: what follows
	 * from it is no reason of its own. Only an announced close is none as long as the
	 * response goes on: it is noted with its head, and much can happen before its end.
	 * @param reason the reason
	 */
	public synchronized void closing(CloseReason reason) {
		CloseReason before = this.closeReason;
		boolean announced = before == CloseReason.CONNECTION_CLOSE && isInExchange();
		if (before == null || announced) {
			this.closeReason = reason;
		}
	}

	/**
	 * As {@link #closing(CloseReason)}.
	 * @return whether no reason was noted before
	 */
	synchronized boolean closingFirst(CloseReason reason) {
		boolean first = !isClosing();
		closing(reason);
		return first;
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
	 * Why the connection closes: the reason that was noted, else what the progress tells.
	 */
	CloseReason closeReason() {
		CloseReason reason = this.closeReason;
		return (reason != null) ? reason : reasonFromProgress();
	}

	/**
	 * What ended the exchanges if nobody noted a reason, as far as their progress tells.
	 */
	CloseReason reasonFromProgress() {
		return switch (this.progress) {
			case NONE -> (this.requests > 0) ? CloseReason.SHRINK : CloseReason.ERROR;
			case REQUEST -> (this.requests > 1) ? CloseReason.PEER_CLOSED_ON_REUSE : CloseReason.ERROR;
			case RESPONSE -> CloseReason.UNREAD_RESPONSE;
		};
	}

}
