package dev.tidepool.async;

import org.apache.hc.client5.http.HttpRoute;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Leased;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Lease;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;

/**
 * What a call has from the moment it passes the gate until it leaves.
 */
final class Holding implements Leased {

	private final Endpoint endpoint;

	private final Call call;

	private final HttpRoute route;

	private final long since;

	private final @Nullable Lease lease;

	private volatile @Nullable AsyncConnection connection;

	private volatile @Nullable AwaitedConnection awaited;

	/**
	 * Create what a call has.
	 * @param endpoint gives it back
	 * @param call which call
	 * @param route the way to its upstream
	 * @param connection the connection, {@code null} if it has to be made
	 * @param now the monotonic clock
	 */
	Holding(Endpoint endpoint, Call call, HttpRoute route, @Nullable AsyncConnection connection, long now) {
		this.endpoint = endpoint;
		this.call = call;
		this.route = route;
		this.connection = connection;
		this.since = now;
		this.lease = Lease.start(call.upstream(), endpoint.pool().shared().clock());
	}

	Upstream upstream() {
		return this.call.upstream();
	}

	HttpRoute route() {
		return this.route;
	}

	@Nullable AsyncConnection connection() {
		return this.connection;
	}

	/**
	 * Its connection is about to be made.
	 * @param awaited what is given up with it
	 */
	void connects(AwaitedConnection awaited) {
		this.awaited = awaited;
	}

	void connected(AsyncConnection connection) {
		this.connection = connection;
	}

	void closing(CloseReason reason) {
		AsyncConnection connection = this.connection;
		if (connection != null) {
			connection.closing(reason);
		}
	}

	void disconnect() {
		AsyncConnection connection = this.connection;
		this.connection = null;
		if (connection != null) {
			connection.dispose();
		}
	}

	/**
	 * Give all of it back. Once only, which the endpoint sees to.
	 * @param reusable whether its exchange is complete, and may be followed by another
	 */
	void release(boolean reusable) {
		AwaitedConnection awaited = this.awaited;
		if (awaited != null) {
			awaited.cancel();
		}
		AsyncPool pool = this.endpoint.pool();
		SharedPool shared = pool.shared();
		long now = shared.clock().nanoTime();
		if (this.lease != null) {
			this.lease.ends(now);
		}
		try {
			AsyncConnection connection = this.connection;
			if (connection != null) {
				pool.release(connection, this.call, this.route, reusable);
			}
		}
		finally {
			shared.leave(upstream());
			shared.events().used(upstream().stats(), now - this.since);
		}
	}

	@Override
	public void giveBack(long now) {
		if (this.lease != null) {
			this.lease.isLeaked(now);
		}
		this.endpoint.release(this, false);
	}

}
