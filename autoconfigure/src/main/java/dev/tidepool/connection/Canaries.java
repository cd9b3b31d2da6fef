package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections that have aged out, and are watched until their upstream closes them: their
 * age at that moment is its real idle time-out. They never see a caller again.
 */
public final class Canaries {

	/**
	 * How often canaries are looked at: how exact a time-out is known.
	 */
	static final long WATCHED_EVERY = TimeUnit.MILLISECONDS.toNanos(50);

	/**
	 * Watching ends at this age: a firewall may have dropped the connection in silence.
	 */
	static final long CAP = TimeUnit.SECONDS.toNanos(120);

	static final int MAX = 16;

	private final List<ConnectionRecord> watched = new ArrayList<>();

	private boolean closed;

	/**
	 * Take a connection that has left the pool.
	 * @param connection the connection
	 * @return whether it is watched; if not, it has to be closed
	 */
	public boolean adopt(ConnectionRecord connection) {
		return connection.upstream().settings().keepAlive().learn() && connection.canBeWatched() && watch(connection);
	}

	private synchronized boolean watch(ConnectionRecord connection) {
		Upstream upstream = connection.upstream();
		if (this.closed || this.watched.size() >= MAX
				|| this.watched.stream().anyMatch((other) -> other.upstream() == upstream) || !connection.watched()) {
			return false;
		}
		this.watched.add(connection);
		return true;
	}

	/**
	 * Look at all of them, and let those go of which nothing more is to be learned. Only
	 * for the sweeper.
	 * @param now the monotonic clock
	 * @return nanoseconds until they are to be looked at again
	 */
	public long watch(long now) {
		List<ConnectionRecord> done = new ArrayList<>();
		long next;
		synchronized (this) {
			for (Iterator<ConnectionRecord> connections = this.watched.iterator(); connections.hasNext();) {
				ConnectionRecord connection = connections.next();
				if (!connection.watch(now) || connection.idleNanos(now) >= CAP) {
					connections.remove();
					done.add(connection);
				}
			}
			next = this.watched.isEmpty() ? Long.MAX_VALUE : WATCHED_EVERY;
		}
		letGo(done);
		return next;
	}

	/**
	 * Take some again, after a close.
	 */
	public synchronized void open() {
		this.closed = false;
	}

	/**
	 * Let all of them go, and take none any more.
	 */
	public void close() {
		List<ConnectionRecord> done;
		synchronized (this) {
			this.closed = true;
			done = List.copyOf(this.watched);
			this.watched.clear();
		}
		letGo(done);
	}

	// Closing may write to the network: not under the lock that callers of adopt wait for
	private static void letGo(List<ConnectionRecord> connections) {
		for (ConnectionRecord connection : connections) {
			connection.closed();
			connection.probe().closeInOrder();
		}
	}

}
