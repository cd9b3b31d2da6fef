package dev.tidepool.async;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Partition;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.ReuseOrder;

/**
 * The connections that wait for a call, of each upstream and partition apart. Has no
 * limits and no waiters: both are the gate's.
 */
final class IdleConnections {

	private final Map<Key, Shelf> shelves = new ConcurrentHashMap<>();

	private final ReuseOrder order;

	IdleConnections(ReuseOrder order) {
		this.order = order;
	}

	@Nullable AsyncConnection take(Upstream upstream, Partition partition) {
		Shelf shelf = this.shelves.get(new Key(upstream, partition));
		return (shelf != null) ? shelf.take() : null;
	}

	void put(Upstream upstream, Partition partition, AsyncConnection connection) {
		Key key = new Key(upstream, partition);
		Shelf shelf = shelf(key);
		while (!shelf.put(connection, this.order)) {
			// Found empty meanwhile: an I/O thread does not wait for who is about to
			// remove it
			this.shelves.remove(key, shelf);
			shelf = shelf(key);
		}
	}

	private Shelf shelf(Key key) {
		return this.shelves.computeIfAbsent(key, (missing) -> new Shelf());
	}

	/**
	 * Remove connections that are noted to close.
	 * @return those that were removed
	 */
	List<AsyncConnection> removeClosing() {
		List<AsyncConnection> removed = new ArrayList<>();
		this.shelves.forEach((key, shelf) -> {
			if (shelf.removeClosing(removed)) {
				this.shelves.remove(key, shelf);
			}
		});
		return removed;
	}

	private record Key(Upstream upstream, Partition partition) {

	}

	private static final class Shelf {

		private final Deque<AsyncConnection> connections = new ArrayDeque<>();

		private boolean gone;

		synchronized @Nullable AsyncConnection take() {
			return this.connections.pollFirst();
		}

		synchronized boolean put(AsyncConnection connection, ReuseOrder order) {
			if (this.gone) {
				return false;
			}
			if (order == ReuseOrder.LIFO) {
				this.connections.addFirst(connection);
			}
			else {
				this.connections.addLast(connection);
			}
			return true;
		}

		synchronized boolean removeClosing(List<AsyncConnection> removed) {
			for (Iterator<AsyncConnection> each = this.connections.iterator(); each.hasNext();) {
				AsyncConnection connection = each.next();
				if (connection.isClosing() || !connection.isOpen()) {
					each.remove();
					removed.add(connection);
				}
			}
			this.gone = this.connections.isEmpty();
			return this.gone;
		}

	}

}
