package dev.tidepool.connection;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.policy.FailureCause;

/**
 * What is counted under one {@code upstream} tag: the upstreams that share the name, and
 * their connections.
 */
public final class UpstreamStats {

	private final String tag;

	private final int number;

	private final Set<Upstream> members = ConcurrentHashMap.newKeySet();

	private final Set<ConnectionRecord> connections = ConcurrentHashMap.newKeySet();

	private final LongAdder created = new LongAdder();

	private final EnumCounters<CloseReason> closed = new EnumCounters<>(CloseReason.class);

	private final List<EnumCounters<RetryOutcome>> retries = Stream.of(FailureCause.values())
		.map((cause) -> new EnumCounters<>(RetryOutcome.class))
		.toList();

	private final LongAdder requestsOfClosed = new LongAdder();

	private final LatencyHistogram acquire = new LatencyHistogram();

	private final LatencyHistogram usage = new LatencyHistogram();

	private final Map<ConnectPhase, LatencyHistogram> connect = new EnumMap<>(ConnectPhase.class);

	private final EnumCounters<Admission> refused = new EnumCounters<>(Admission.class);

	private final EnumCounters<Phase> expired = new EnumCounters<>(Phase.class);

	private final EnumCounters<DrainOutcome> drains = new EnumCounters<>(DrainOutcome.class);

	private final Leaks leaks = new Leaks();

	UpstreamStats(String tag) {
		this(tag, 0);
	}

	UpstreamStats(String tag, int number) {
		this.tag = tag;
		this.number = number;
		for (ConnectPhase phase : ConnectPhase.values()) {
			this.connect.put(phase, new LatencyHistogram());
		}
	}

	public String tag() {
		return this.tag;
	}

	/**
	 * The number of the tag, by which a listener finds its own of it without a look-up.
	 * @return from 0 to {@link Upstreams#MAX_TAGS}
	 */
	public int number() {
		return this.number;
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
			this.requestsOfClosed.add(connection.requests());
		}
	}

	/**
	 * A caller got a connection of the pool.
	 * @param nanos how long it waited
	 */
	public void acquired(long nanos) {
		this.acquire.record(nanos);
	}

	/**
	 * A caller got none.
	 * @param admission what the gate answered
	 */
	public void refused(Admission admission) {
		this.refused.increment(admission);
	}

	/**
	 * A caller gave its connection back.
	 * @param nanos for how long it held it
	 */
	public void used(long nanos) {
		this.usage.record(nanos);
	}

	/**
	 * A phase of making a connection is over.
	 * @param phase the phase
	 * @param nanos how long it took
	 */
	public void connected(ConnectPhase phase, long nanos) {
		Objects.requireNonNull(this.connect.get(phase)).record(nanos);
	}

	/**
	 * A wait was ended because its time was over.
	 * @param phase what was waited for
	 */
	public void expired(Phase phase) {
		this.expired.increment(phase);
	}

	/**
	 * A response was closed before its end.
	 * @param outcome what became of the rest
	 */
	public void drained(DrainOutcome outcome) {
		this.drains.increment(outcome);
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
		return this.connections.stream().filter((connection) -> connection.state().shown() == state).count();
	}

	/**
	 * The connections of one client.
	 * @param client the client
	 * @param state what they do
	 * @return how many there are
	 */
	public long connections(ClientKind client, ConnectionRecord.State state) {
		return this.connections.stream()
			.filter((connection) -> connection.probe().kind() == client && connection.state().shown() == state)
			.count();
	}

	boolean hasOpenConnection(Upstream upstream) {
		return this.connections.stream()
			.anyMatch((connection) -> connection.upstream() == upstream
					&& connection.state() != ConnectionRecord.State.CANARY);
	}

	/**
	 * Whether the upstreams of this name can be called.
	 * @param now the monotonic clock
	 * @return the worst of their states
	 */
	public UpstreamState state(long now) {
		return this.members.stream()
			.map((upstream) -> upstream.state(now))
			.max(Comparator.naturalOrder())
			.orElse(UpstreamState.OK);
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

	public long refusals(Admission admission) {
		return this.refused.sum(admission);
	}

	public long expiries(Phase phase) {
		return this.expired.sum(phase);
	}

	public long drains(DrainOutcome outcome) {
		return this.drains.sum(outcome);
	}

	/**
	 * The requests that connections had carried when they were closed.
	 * @return the number
	 */
	public long requestsOfClosed() {
		return this.requestsOfClosed.sum();
	}

	/**
	 * The share of all requests that were not the first on their connection.
	 * @return the share, from 0 to 1; NaN before the first request
	 */
	public double reuse() {
		long requests = requestsOfClosed();
		for (ConnectionRecord connection : this.connections) {
			requests += connection.requests();
		}
		return (requests > 0) ? Math.max(0, requests - created()) / (double) requests : Double.NaN;
	}

	/**
	 * Leases that are held for too long, and where they were taken.
	 * @return those of the upstreams of this name
	 */
	public Leaks leaks() {
		return this.leaks;
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

	/**
	 * The most calls that were in progress at once since this was last asked, which one
	 * reader may do.
	 * @return about that number, for several addresses the sum of theirs
	 */
	public long takePeak() {
		return sum((upstream) -> upstream.lane().takePeak());
	}

	/**
	 * What is known at this moment.
	 * @param now the monotonic clock
	 * @return all of it
	 */
	public StatsSnapshot snapshot(long now) {
		Map<ConnectPhase, Latencies> connect = new EnumMap<>(ConnectPhase.class);
		this.connect.forEach((phase, times) -> connect.put(phase, times.snapshot()));
		Map<FailureCause, Map<RetryOutcome, Long>> retries = new EnumMap<>(FailureCause.class);
		for (FailureCause cause : FailureCause.values()) {
			retries.put(cause, this.retries.get(cause.ordinal()).sums());
		}
		return new StatsSnapshot(this.tag, now, (int) connections(ConnectionRecord.State.ACTIVE),
				(int) connections(ConnectionRecord.State.IDLE), (int) connections(ConnectionRecord.State.CANARY), max(),
				pending(), sum((upstream) -> upstream.lane().waits()),
				sum((upstream) -> upstream.lane().waitsForTotal()), budgetLeft(now), created(), this.closed.sums(),
				this.requestsOfClosed.sum(), oldest(now), this.acquire.snapshot(), this.usage.snapshot(),
				this.refused.sums(), connect, retries, this.expired.sums(), this.drains.sums(), reuse(),
				this.leaks.suspected(), this.leaks.places(), this.members.stream().map(Upstream::snapshot).toList());
	}

	/**
	 * The connections that are open for longest.
	 * @param limit how many at most
	 * @param now the monotonic clock
	 * @return what is known of each, the oldest first
	 */
	public List<ConnectionSnapshot> oldestConnections(int limit, long now) {
		return this.connections.stream()
			.map((connection) -> ConnectionSnapshot.of(connection, now))
			.filter((connection) -> connection.state() != ConnectionRecord.State.CLOSED)
			.sorted(Comparator.comparing(ConnectionSnapshot::age).reversed())
			.limit(limit)
			.toList();
	}

	/**
	 * The age of the oldest connection that is open.
	 * @param now the monotonic clock
	 * @return the age, zero if none is open
	 */
	public Duration oldest(long now) {
		return Duration
			.ofNanos(this.connections.stream().mapToLong((connection) -> connection.age(now)).max().orElse(0));
	}

	private long sum(ToLongFunction<Upstream> value) {
		return this.members.stream().mapToLong(value).sum();
	}

}
