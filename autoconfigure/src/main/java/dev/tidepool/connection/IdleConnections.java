package dev.tidepool.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.ReuseOrder;

/**
 * The connections of a client that wait for a call, on a shelf for each destination. Has
 * no limits and no waiters: both are the gate's. What it costs to take or to put one does
 * not depend on how many there are: HttpCore's {@code StrictConnPool} searches all idle
 * connections, of whatever destination, for the one that it takes, under one lock.
 *
 * @param <K> a destination: what calls can share connections by
 * @param <C> a connection
 */
public final class IdleConnections<K, C extends Pooled> {

	private final Map<K, Shelf<C>> shelves = new ConcurrentHashMap<>();

	private final ReuseOrder order;

	private final NanoClock clock;

	/**
	 * Create shelves, all empty.
	 * @param order which connection is used first
	 * @param clock the monotonic clock
	 */
	public IdleConnections(ReuseOrder order, NanoClock clock) {
		this.order = order;
		this.clock = clock;
	}

	/**
	 * Take a connection. Those found on the way that can carry no request are let go.
	 * @param key where to
	 * @param oneTry whether the request must not be sent twice
	 * @return a connection, or {@code null} if none can carry the request
	 */
	public @Nullable C take(K key, boolean oneTry) {
		Shelf<C> shelf = this.shelves.get(key);
		if (shelf == null) {
			return null;
		}
		for (C connection = shelf.take(); connection != null; connection = shelf.take()) {
			if (connection.lease(this.clock.nanoTime(), oneTry)) {
				return connection;
			}
			connection.dispose();
		}
		return null;
	}

	/**
	 * Put a connection to those that wait.
	 * @param key where it leads to
	 * @param connection the connection
	 */
	public void put(K key, C connection) {
		Shelf<C> shelf = shelf(key);
		while (!shelf.put(connection, this.order)) {
			// Found empty meanwhile: an I/O thread does not wait for who is about to
			// remove it
			this.shelves.remove(key, shelf);
			shelf = shelf(key);
		}
	}

	private Shelf<C> shelf(K key) {
		// Costs nothing if it is there, unlike to compute it
		Shelf<C> shelf = this.shelves.get(key);
		return (shelf != null) ? shelf : this.shelves.computeIfAbsent(key, (missing) -> new Shelf<>());
	}

	/**
	 * Let those connections go for which there is a reason to close, or that are closed.
	 */
	public void removeClosing() {
		List<C> removed = new ArrayList<>();
		this.shelves.forEach((key, shelf) -> {
			if (shelf.removeClosing(removed)) {
				this.shelves.remove(key, shelf);
			}
		});
		removed.forEach(Pooled::dispose);
	}

	/**
	 * How many connections wait.
	 * @return of all destinations together
	 */
	public int size() {
		return this.shelves.values().stream().mapToInt(Shelf::size).sum();
	}

	private static final class Shelf<C extends Pooled> {

		private final Deque<C> connections = new ArrayDeque<>();

		private boolean gone;

		synchronized int size() {
			return this.connections.size();
		}

		synchronized @Nullable C take() {
			return this.connections.pollFirst();
		}

		synchronized boolean put(C connection, ReuseOrder order) {
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

		synchronized boolean removeClosing(List<C> removed) {
			for (Iterator<C> each = this.connections.iterator(); each.hasNext();) {
				C connection = each.next();
				if (connection.isClosing()) {
					each.remove();
					removed.add(connection);
				}
			}
			this.gone = this.connections.isEmpty();
			return this.gone;
		}

	}

}
