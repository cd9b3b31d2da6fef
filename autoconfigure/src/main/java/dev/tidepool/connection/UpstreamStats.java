package dev.tidepool.connection;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import dev.tidepool.policy.FailureCause;

/**
 * What is counted under one {@code upstream} tag: the upstreams that share the name, and
 * their connections.
 */
public final class UpstreamStats {

	private final String tag;

	private final Set<Upstream> members = ConcurrentHashMap.newKeySet();

	private final Set<ConnectionRecord> connections = ConcurrentHashMap.newKeySet();

	private final LongAdder created = new LongAdder();

	private final EnumCounters<CloseReason> closed = new EnumCounters<>(CloseReason.class);

	private final List<EnumCounters<RetryOutcome>> retries = Stream.of(FailureCause.values())
		.map((cause) -> new EnumCounters<>(RetryOutcome.class))
		.toList();

	UpstreamStats(String tag) {
		this.tag = tag;
	}

	public String tag() {
		return this.tag;
	}

	void add(Upstream upstream) {
		this.members.add(upstream);
	}

	void remove(Upstream upstream) {
		this.members.remove(upstream);
	}

	void created(ConnectionRecord connection) {
		this.created.increment();
		this.connections.add(connection);
	}

	void closed(ConnectionRecord connection, CloseReason reason) {
		if (this.connections.remove(connection)) {
			this.closed.increment(reason);
		}
	}

	public void retried(FailureCause cause, RetryOutcome outcome) {
		this.retries.get(cause.ordinal()).increment(outcome);
	}

	/**
	 * The connections that are not closed.
	 * @return a live view
	 */
	public Collection<ConnectionRecord> connections() {
		return Collections.unmodifiableCollection(this.connections);
	}

	/**
	 * The upstreams that share the name.
	 * @return a live view
	 */
	public Collection<Upstream> members() {
		return Collections.unmodifiableCollection(this.members);
	}

	public long connections(ConnectionRecord.State state) {
		return this.connections.stream().filter((connection) -> shown(connection.state()) == state).count();
	}

	private static ConnectionRecord.State shown(ConnectionRecord.State state) {
		return (state == ConnectionRecord.State.LOOKED_AT) ? ConnectionRecord.State.IDLE : state;
	}

	public long pending() {
		return sum((upstream) -> upstream.lane().pending());
	}

	public long created() {
		return this.created.sum();
	}

	public long closed(CloseReason reason) {
		return this.closed.sum(reason);
	}

	public long retries(FailureCause cause, RetryOutcome outcome) {
		return this.retries.get(cause.ordinal()).sum(outcome);
	}

	/**
	 * The connections that the upstreams of this name may have together.
	 * @return the sum of the limits in force
	 */
	public long max() {
		return sum((upstream) -> upstream.lane().max());
	}

	/**
	 * The repeats that are left to the upstreams of this name together.
	 * @param now the monotonic clock
	 * @return whole repeats
	 */
	public long budgetLeft(long now) {
		return sum((upstream) -> upstream.budget().left(now));
	}

	private long sum(ToLongFunction<Upstream> value) {
		return this.members.stream().mapToLong(value).sum();
	}

}
