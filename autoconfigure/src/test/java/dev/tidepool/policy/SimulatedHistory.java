package dev.tidepool.policy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What a pool and one upstream do with each other, on a clock of its own: callers come,
 * idle connections are looked at now and then, the upstream closes and restarts as it
 * likes, and each close that is seen goes into an estimate, which in turn decides how
 * long connections are kept. The rules of the pool are those of the connection package in
 * short.
 */
final class SimulatedHistory {

	private static final long CANARY_LOOK = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long CANARY_CAP = TimeUnit.SECONDS.toNanos(120);

	private SimulatedUpstream upstream;

	private final long lookEvery;

	private final Random random;

	private final Listener listener;

	private final KeepAlivePolicy policy = new KeepAlivePolicy(KeepAliveSettings.DEFAULTS);

	private final PriorityQueue<Event> events = new PriorityQueue<>(
			Comparator.comparingLong(Event::time).thenComparingLong(Event::sequence));

	private final Deque<Connection> pool = new ArrayDeque<>();

	private final List<Connection> busy = new ArrayList<>();

	private @Nullable Connection canary;

	private KeepAliveEstimate estimate = KeepAliveEstimate.NONE;

	private long now;

	private long sequence;

	private int canariesClosed;

	SimulatedHistory(SimulatedUpstream upstream, long lookEvery, Random random, Listener listener) {
		this.upstream = upstream;
		this.lookEvery = lookEvery;
		this.random = random;
		this.listener = listener;
		after(upTo(lookEvery), this::sweepAgain);
	}

	long now() {
		return this.now;
	}

	KeepAliveEstimate estimate() {
		return this.estimate;
	}

	/**
	 * How long a connection is trusted that becomes idle now.
	 * @return nanoseconds
	 */
	long trusted() {
		return this.policy.trustedNanos(KeepAlivePolicy.NO_HEADER, this.estimate.limitNanos());
	}

	int canariesClosed() {
		return this.canariesClosed;
	}

	/**
	 * Have a caller come again and again, with pauses around one length.
	 * @param pause the average pause
	 * @param until when it ends
	 */
	void lane(long pause, long until) {
		after(upTo(2 * pause), () -> {
			if (this.now < until) {
				call(() -> lane(pause, until));
			}
		});
	}

	/**
	 * Have callers come together, once.
	 * @param callers how many
	 */
	void calls(int callers) {
		for (int i = 0; i < callers; i++) {
			after(0, () -> call(() -> {
			}));
		}
	}

	/**
	 * Have the upstream close all of its connections at once.
	 * @param delay how long from now
	 */
	void restartAfter(long delay) {
		after(delay, () -> {
			List<Connection> all = new ArrayList<>(this.pool);
			all.addAll(this.busy);
			if (this.canary != null) {
				all.add(this.canary);
			}
			for (Connection connection : all) {
				if (this.now < connection.closedAt) {
					closesAt(connection, this.now);
				}
			}
		});
	}

	/**
	 * Have the upstream follow other rules from now on, for requests that are yet to
	 * come.
	 * @param upstream the rules
	 */
	void becomes(SimulatedUpstream upstream) {
		this.upstream = upstream;
	}

	void run(long duration) {
		long end = this.now + duration;
		Event next;
		while ((next = this.events.peek()) != null && next.time <= end) {
			this.events.remove();
			this.now = next.time;
			next.action.run();
		}
		this.now = end;
	}

	private void call(Runnable done) {
		Connection connection = lease();
		connection.idleAtLease = this.now - connection.idleSince;
		connection.closedAt = Long.MAX_VALUE;
		connection.foundAt = Long.MAX_VALUE;
		connection.requests++;
		this.busy.add(connection);
		after(TimeUnit.MICROSECONDS.toNanos(200) + upTo(TimeUnit.MILLISECONDS.toNanos(10)), () -> {
			this.busy.remove(connection);
			if (connection.closedAt == Long.MAX_VALUE) {
				release(connection);
			}
			else if (connection.requests > 1) {
				learn(connection, false, connection.idleAtLease, connection.requests - 1);
			}
			done.run();
		});
	}

	private Connection lease() {
		Connection connection;
		while ((connection = this.pool.pollLast()) != null) {
			if (connection.hasAged()) {
				watch(connection);
			}
			else if (connection.foundAt <= this.now) {
				learn(connection, false, connection.seenAlive - connection.idleSince, connection.requests);
			}
			else if (connection.closedAt <= this.now) {
				// The look saw nothing, but the request is lost
				learn(connection, false, this.now - connection.idleSince, connection.requests);
			}
			else {
				return connection;
			}
		}
		return new Connection();
	}

	private void release(Connection connection) {
		connection.idleSince = this.now;
		connection.seenAlive = this.now;
		connection.trusted = trusted();
		if (this.upstream.closesAfter(connection.requests)) {
			closesAt(connection, this.now);
		}
		else {
			// The upstream has written its response a little earlier
			closesAt(connection, this.now - upTo(TimeUnit.MILLISECONDS.toNanos(2)) + this.upstream.timeout());
		}
		int maxRequests = this.estimate.maxRequests();
		if (maxRequests == 0 || connection.requests < Math.max(1, maxRequests - 1)) {
			this.pool.addLast(connection);
			after(connection.agesIn(), this::sweep);
		}
	}

	private void closesAt(Connection connection, long time) {
		connection.closedAt = time;
		connection.foundAt = time + upTo(this.upstream.finLate());
	}

	private void sweepAgain() {
		long next = this.lookEvery / 4 + upTo(this.lookEvery / 2);
		after(Math.min(next, sweep()), this::sweepAgain);
	}

	private long sweep() {
		long next = Long.MAX_VALUE;
		for (Connection connection : List.copyOf(this.pool)) {
			if (connection.hasAged()) {
				this.pool.remove(connection);
				watch(connection);
			}
			else if (this.now - connection.seenAlive >= this.lookEvery) {
				if (connection.foundAt <= this.now) {
					this.pool.remove(connection);
					learn(connection, false, connection.seenAlive - connection.idleSince, connection.requests);
				}
				else {
					connection.seenAlive = this.now;
				}
			}
			next = Math.min(next, Math.max(1, connection.agesIn()));
		}
		judge();
		return next;
	}

	private void watch(Connection connection) {
		if (this.canary == null) {
			this.canary = connection;
			after(upTo(CANARY_LOOK), this::lookAtCanary);
		}
	}

	private void lookAtCanary() {
		Connection canary = this.canary;
		if (canary == null) {
			return;
		}
		if (canary.foundAt <= this.now) {
			learn(canary, true, canary.seenAlive - canary.idleSince, canary.requests);
			this.canariesClosed++;
			this.canary = null;
		}
		else if (this.now - canary.idleSince >= CANARY_CAP) {
			this.canary = null;
		}
		else {
			canary.seenAlive = this.now;
			after(CANARY_LOOK + upTo(CANARY_LOOK / 10), this::lookAtCanary);
		}
		judge();
	}

	private void learn(Connection connection, boolean canary, long idleAtLeast, int requests) {
		KeepAliveEstimate before = this.estimate;
		PeerClose close = new PeerClose(canary, idleAtLeast, this.now - connection.idleSince, requests);
		this.estimate = before.with(close, this.now);
		this.listener.learned(before, close, this.estimate);
	}

	private void judge() {
		KeepAliveEstimate before = this.estimate;
		this.estimate = before.judged(this.now);
		if (this.estimate != before) {
			this.listener.judged(before, this.estimate);
		}
	}

	private void after(long delay, Runnable action) {
		this.events.add(new Event(this.now + delay, this.sequence++, action));
	}

	private long upTo(long nanos) {
		return (long) (this.random.nextDouble() * nanos);
	}

	/**
	 * An upstream as it truly is.
	 *
	 * @param timeout its idle time-out
	 * @param maxRequests the requests after which it closes without notice, or 0
	 * @param finLate how much later than the close its FIN arrives at most
	 */
	record SimulatedUpstream(long timeout, int maxRequests, long finLate) {

		boolean closesAfter(int requests) {
			return this.maxRequests > 0 && requests >= this.maxRequests;
		}

	}

	/**
	 * Told of each change.
	 */
	interface Listener {

		Listener NONE = new Listener() {

			@Override
			public void learned(KeepAliveEstimate before, PeerClose close, KeepAliveEstimate after) {
			}

			@Override
			public void judged(KeepAliveEstimate before, KeepAliveEstimate after) {
			}

		};

		void learned(KeepAliveEstimate before, PeerClose close, KeepAliveEstimate after);

		void judged(KeepAliveEstimate before, KeepAliveEstimate after);

	}

	private record Event(long time, long sequence, Runnable action) {

	}

	private final class Connection {

		private long idleSince = SimulatedHistory.this.now;

		private long seenAlive = SimulatedHistory.this.now;

		private long idleAtLease;

		private long trusted;

		private int requests;

		private long closedAt;

		private long foundAt;

		private boolean hasAged() {
			return agesIn() <= 0;
		}

		private long agesIn() {
			long still = SimulatedHistory.this.policy.stillTrustedNanos(SimulatedHistory.this.estimate.limitNanos());
			return this.idleSince + Math.min(this.trusted, still) - SimulatedHistory.this.now;
		}

	}

}
