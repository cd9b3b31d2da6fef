package dev.tidepool.connection;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

import dev.tidepool.connection.ConnectionProbe.Look;

/**
 * Callers that come one after the other on lanes of their own, and share connections to
 * one upstream, which closes connections that are not idle as it likes. The connections
 * have no sockets, but all else is real.
 */
final class SimulatedCallers {

	private static final int MOST_FIN_LATE = 3;

	private final FakePool pool = new FakePool();

	private final PriorityQueue<Event> events = new PriorityQueue<>(
			Comparator.comparingLong(Event::time).thenComparingLong(Event::number));

	private final Deque<ConnectionRecord> idle = new ArrayDeque<>();

	private final Map<ConnectionRecord, Peer> peers = new IdentityHashMap<>();

	private final List<Integer> learned = new ArrayList<>();

	private List<Closing> instances;

	private final Random random;

	private final int postsPercent;

	private long time;

	private long number;

	private int calls;

	private int lostPosts;

	private int lostPostsDespiteLimit;

	private int lostGets;

	private int made;

	/**
	 * Prepare.
	 * @param seed for all that is drawn
	 * @param postsPercent how many of the calls must not be sent twice
	 * @param instances when those close that share the address of the upstream
	 */
	SimulatedCallers(long seed, int postsPercent, Closing... instances) {
		this.random = new Random(seed);
		this.postsPercent = postsPercent;
		this.instances = List.of(instances);
	}

	/**
	 * Have callers come.
	 * @param lanes how many at the same time
	 * @param callMillis how long a call takes, on average
	 * @param forMillis how long they come
	 * @return this
	 */
	SimulatedCallers come(int lanes, int callMillis, long forMillis) {
		long end = this.time + forMillis;
		for (int lane = 0; lane < lanes; lane++) {
			after(0, () -> call(callMillis, end));
		}
		after(1000, () -> judge(end));
		Event next;
		while ((next = this.events.poll()) != null) {
			this.pool.pass(next.time - this.time);
			this.time = next.time;
			next.action.run();
		}
		return this;
	}

	/**
	 * Have the upstream close in other ways, connections that are yet to come.
	 * @param instances when those close that share its address from now on
	 */
	void becomes(Closing... instances) {
		this.instances = List.of(instances);
	}

	/**
	 * Have the upstream end all connections as soon as their calls are over.
	 * @param afterMillis when
	 * @return this
	 */
	SimulatedCallers withRestart(long afterMillis) {
		after(afterMillis, () -> this.peers.values().forEach((peer) -> {
			peer.drained = true;
			if (!peer.busy) {
				peer.closes();
			}
		}));
		return this;
	}

	/**
	 * Have a limit be learned that may not be true.
	 * @param requests the limit
	 */
	void deceive(int requests) {
		for (int i = 0; i < 50; i++) {
			ConnectionRecord connection = this.pool.idle(new FakeProbe(), requests);
			((FakeProbe) connection.probe()).look = Look.CLOSED;
			this.pool.pass(30);
			connection.lease(this.pool.now(), false);
			connection.closed();
		}
	}

	Upstream upstream() {
		return this.pool.upstream();
	}

	/**
	 * The limits that were learned, in their order, 0 for one that was given up.
	 */
	List<Integer> learned() {
		return this.learned;
	}

	int calls() {
		return this.calls;
	}

	int made() {
		return this.made;
	}

	int lostPosts() {
		return this.lostPosts;
	}

	/**
	 * Those that were sent after a limit had been learned.
	 */
	int lostPostsDespiteLimit() {
		return this.lostPostsDespiteLimit;
	}

	int lostGets() {
		return this.lostGets;
	}

	private void judge(long end) {
		upstream().judge(this.pool.now());
		if (this.time < end) {
			after(1000, () -> judge(end));
		}
	}

	private void call(int callMillis, long end) {
		if (this.time >= end) {
			return;
		}
		this.calls++;
		boolean post = this.random.nextInt(100) < this.postsPercent;
		send(take(post), post, callMillis, () -> {
			note();
			after(this.random.nextInt(3), () -> call(callMillis, end));
		});
	}

	private void note() {
		int limit = upstream().estimate().maxRequests();
		int before = this.learned.isEmpty() ? 0 : this.learned.get(this.learned.size() - 1);
		if (limit != before) {
			this.learned.add(limit);
		}
	}

	private void send(ConnectionRecord connection, boolean post, int callMillis, Runnable done) {
		Peer peer = this.peers.get(connection);
		boolean lost = peer.isClosed();
		peer.busy = true;
		this.pool.serve(connection);
		if (lost) {
			boolean limited = upstream().estimate().maxRequests() > 0;
			after(1, () -> {
				connection.lostOnReuse(this.pool.now());
				gone(connection);
				if (post) {
					this.lostPosts++;
					this.lostPostsDespiteLimit += limited ? 1 : 0;
					done.run();
				}
				else {
					this.lostGets++;
					send(connect(), false, callMillis, done);
				}
			});
			return;
		}
		after(1 + this.random.nextInt(2 * callMillis), () -> {
			peer.busy = false;
			boolean announced = peer.answered(connection.requests());
			if (announced) {
				connection.closing(CloseReason.CONNECTION_CLOSE);
			}
			if (!announced && connection.mayGoBack(this.pool.now())) {
				connection.idle();
				this.idle.addFirst(connection);
			}
			else {
				gone(connection);
			}
			done.run();
		});
	}

	private ConnectionRecord take(boolean post) {
		ConnectionRecord connection;
		while ((connection = this.idle.pollFirst()) != null) {
			((FakeProbe) connection.probe()).look = this.peers.get(connection).isSeenClosed() ? Look.CLOSED
					: Look.ALIVE;
			if (connection.lease(this.pool.now(), false) && (!post || connection.isAliveForOneTry(this.pool.now()))) {
				return connection;
			}
			gone(connection);
		}
		return connect();
	}

	private ConnectionRecord connect() {
		this.made++;
		ConnectionRecord connection = this.pool.connect(new FakeProbe());
		this.peers.put(connection, new Peer(this.instances.get(this.random.nextInt(this.instances.size()))));
		return connection;
	}

	private void gone(ConnectionRecord connection) {
		this.peers.remove(connection);
		connection.closed();
	}

	private void after(long millis, Runnable action) {
		this.events.add(new Event(this.time + millis, this.number++, action));
	}

	/**
	 * When an upstream closes a connection that is in use.
	 */
	interface Closing {

		boolean closesAfter(int requests, Random random);

		/**
		 * Whether it says so with its response.
		 */
		default boolean isAnnounced() {
			return false;
		}

		static Closing limit(int limit) {
			return (requests, random) -> requests >= limit;
		}

		static Closing random(double share) {
			return (requests, random) -> random.nextDouble() < share;
		}

		static Closing announced(int limit) {
			return new Closing() {

				@Override
				public boolean closesAfter(int requests, Random random) {
					return requests >= limit;
				}

				@Override
				public boolean isAnnounced() {
					return true;
				}

			};
		}

	}

	private record Event(long time, long number, Runnable action) {

	}

	/**
	 * The upstream's end of a connection.
	 */
	private final class Peer {

		private final Closing closing;

		private boolean busy;

		private boolean drained;

		private long closedAt = Long.MAX_VALUE;

		private long seenAt = Long.MAX_VALUE;

		Peer(Closing closing) {
			this.closing = closing;
		}

		boolean answered(int requests) {
			if (this.drained || this.closing.closesAfter(requests, SimulatedCallers.this.random)) {
				closes();
				return this.closing.isAnnounced();
			}
			return false;
		}

		void closes() {
			this.closedAt = SimulatedCallers.this.time;
			this.seenAt = this.closedAt + SimulatedCallers.this.random.nextInt(MOST_FIN_LATE);
		}

		boolean isClosed() {
			return this.closedAt <= SimulatedCallers.this.time;
		}

		boolean isSeenClosed() {
			return this.seenAt <= SimulatedCallers.this.time;
		}

	}

}
