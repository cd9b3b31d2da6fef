package dev.tidepool.call;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.tidepool.connection.NanoClock;

/**
 * The addresses, of names that have several, that gave no connection of late. They are
 * tried last for a while, so that a dead one delays one connect, not each. One for all
 * clients: what one learns, the other need not.
 */
public final class FailedAddresses {

	/**
	 * How long an address is tried last.
	 */
	static final long LAST = TimeUnit.SECONDS.toNanos(30);

	/**
	 * How many are remembered; the oldest makes room.
	 */
	static final int MAX = 256;

	private final NanoClock clock;

	// When each failed, the oldest first; guarded by itself
	private final Map<InetSocketAddress, Long> failures = new LinkedHashMap<>();

	private volatile boolean any;

	FailedAddresses(NanoClock clock) {
		this.clock = clock;
	}

	/**
	 * Put the addresses of a name in the order in which they are to be tried.
	 * @param addresses all of them, as they were resolved
	 * @return the same, those last that failed of late
	 */
	List<InetSocketAddress> last(List<InetSocketAddress> addresses) {
		if (!this.any || addresses.size() == 1) {
			return addresses;
		}
		List<InetSocketAddress> ordered = new ArrayList<>(addresses.size());
		List<InetSocketAddress> failed = new ArrayList<>();
		synchronized (this.failures) {
			forget();
			for (InetSocketAddress address : addresses) {
				(this.failures.containsKey(address) ? failed : ordered).add(address);
			}
		}
		ordered.addAll(failed);
		return ordered;
	}

	/**
	 * An address was refused, unreachable, or too slow.
	 * @param address the address
	 * @param of all that its name has: where there is no other, there is no order
	 */
	void failed(InetSocketAddress address, List<InetSocketAddress> of) {
		if (of.size() == 1) {
			return;
		}
		synchronized (this.failures) {
			this.failures.remove(address);
			this.failures.put(address, this.clock.nanoTime());
			forget();
		}
	}

	/**
	 * An address gave a connection, so that all is forgiven.
	 * @param address the address
	 */
	void connected(InetSocketAddress address) {
		if (this.any) {
			synchronized (this.failures) {
				this.failures.remove(address);
				forget();
			}
		}
	}

	private void forget() {
		long now = this.clock.nanoTime();
		Iterator<Long> oldest = this.failures.values().iterator();
		while (oldest.hasNext() && (now - oldest.next() >= LAST || this.failures.size() > MAX)) {
			oldest.remove();
		}
		this.any = !this.failures.isEmpty();
	}

}
