package dev.tidepool.async;

import java.util.Map;

import javax.net.ssl.SSLContext;

import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * An upstream and a pool for it, of which a test makes the connections.
 */
final class FakeUpstream implements AutoCloseable {

	static final int MAX_TOTAL = 10;

	private final Thread tester = Thread.currentThread();

	private final BoundedResolver resolver = new BoundedResolver();

	private final SharedPool shared = new SharedPool(
			new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), MAX_TOTAL, this::now),
			new ConnectionEvents());

	private final AsyncPool pool = new AsyncPool(this.shared, ReuseOrder.LIFO, FakeUpstream::tls, this.resolver);

	private final Upstream upstream = this.shared.upstreams().get(new UpstreamKey("http", "orders", 80, null));

	private final Call call = new Call(this.upstream, new Partition(null, SystemDefaultDnsResolver.INSTANCE),
			CallerTimeouts.NONE, "call", this.upstream.callDeadline(this.shared.clock().nanoTime()));

	private volatile Runnable whenTimeIsRead;

	AsyncPool pool() {
		return this.pool;
	}

	Upstream upstream() {
		return this.upstream;
	}

	Call call() {
		return this.call;
	}

	AsyncConnection connection() {
		return new AsyncConnection(this.shared, this.pool::removeClosing, UpstreamSettings.DEFAULTS);
	}

	ConnectionRecord record(AsyncConnection connection) {
		return this.upstream.connected(connection, null, this.shared.clock().nanoTime());
	}

	/**
	 * How many connections there is room for.
	 * @return the number
	 */
	int room() {
		int room = -1;
		boolean hasRoom = true;
		while (hasRoom) {
			room++;
			this.upstream.sockets().add();
			hasRoom = this.shared.eviction().hasRoom(this.upstream);
		}
		for (int added = room + 1; added > 0; added--) {
			this.upstream.sockets().remove();
		}
		return room;
	}

	/**
	 * Have something happen when the test's own thread reads the time the next time.
	 * @param what happens
	 */
	void whenTimeIsRead(Runnable what) {
		this.whenTimeIsRead = what;
	}

	private long now() {
		Runnable what = this.whenTimeIsRead;
		if (what != null && Thread.currentThread() == this.tester) {
			this.whenTimeIsRead = null;
			what.run();
		}
		return NanoClock.SYSTEM.nanoTime();
	}

	private static TlsIdentity tls(UpstreamSettings settings) {
		try {
			return new TlsIdentity(new DefaultClientTlsStrategy(SSLContext.getDefault()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.shared.close();
		this.resolver.close();
	}

}
