package dev.tidepool.connection;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import dev.tidepool.policy.InvalidSettingException;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

/**
 * All upstreams that are called. Bounded, for an application that calls a new host each
 * time: the least recently used leave, and beyond a number of names they share one tag.
 */
public final class Upstreams {

	/**
	 * The tag of the upstreams for which no tag of their own is left.
	 */
	public static final String OTHER = "other";

	static final int MAX_UPSTREAMS = 10_000;

	/**
	 * The most tags of their own; {@link #OTHER} comes on top.
	 */
	public static final int MAX_TAGS = 100;

	private final UpstreamCatalog catalog;

	private final AdmissionGate gate;

	private final Shutdown shutdown;

	private final NanoClock clock;

	private final Map<UpstreamKey, Upstream> upstreams = new ConcurrentHashMap<>();

	private final Map<String, UpstreamStats> stats = new LinkedHashMap<>();

	private final List<Consumer<UpstreamStats>> tagListeners = new CopyOnWriteArrayList<>();

	// Limits that were changed while running, by name. Guarded by itself
	private final Map<String, Integer> maxByName = new HashMap<>();

	private final Sockets sockets = new Sockets(null);

	private volatile long tick;

	private volatile long sweptAt;

	/**
	 * Create a registry.
	 * @param catalog the settings of each upstream
	 * @param maxTotal calls that may be in flight to all of them together
	 * @param clock the monotonic clock
	 */
	public Upstreams(UpstreamCatalog catalog, int maxTotal, NanoClock clock) {
		this.gate = new AdmissionGate(maxTotal, clock);
		this.shutdown = new Shutdown(this.gate, clock);
		this.catalog = catalog;
		this.clock = clock;
		this.tick = clock.nanoTime();
		this.sweptAt = this.tick;
	}

	public UpstreamCatalog catalog() {
		return this.catalog;
	}

	public AdmissionGate gate() {
		return this.gate;
	}

	/**
	 * The connections to all of them.
	 * @return the count
	 */
	Sockets sockets() {
		return this.sockets;
	}

	public Shutdown shutdown() {
		return this.shutdown;
	}

	public NanoClock clock() {
		return this.clock;
	}

	public Upstream get(UpstreamKey key) {
		Upstream upstream = this.upstreams.get(key);
		if (upstream == null) {
			upstream = add(key);
		}
		upstream.usedAt(this.tick);
		return upstream;
	}

	/**
	 * Advance the coarse clock by which the least recently used are found.
	 * @param now the monotonic clock
	 */
	public void tick(long now) {
		this.tick = now;
	}

	/**
	 * A sweep is complete.
	 * @param now the monotonic clock
	 */
	void swept(long now) {
		this.sweptAt = now;
	}

	/**
	 * For how long no sweep has been complete, which tells whether there are any.
	 * @return nanoseconds
	 */
	public long nanosSinceSweep() {
		return this.clock.nanoTime() - this.sweptAt;
	}

	/**
	 * Judge what was seen of each upstream, where it is time.
	 * @param now the monotonic clock
	 */
	void judge(long now) {
		this.upstreams.values().forEach((upstream) -> upstream.judge(now));
	}

	/**
	 * Be told of each tag, those that exist already first.
	 * @param listener called once for each tag
	 */
	public void onTag(Consumer<UpstreamStats> listener) {
		synchronized (this.stats) {
			this.tagListeners.add(listener);
			this.stats.values().forEach(listener);
		}
	}

	public Collection<UpstreamStats> stats() {
		synchronized (this.stats) {
			return List.copyOf(this.stats.values());
		}
	}

	/**
	 * Change the limit of the upstreams of one name, those first called later included.
	 * @param name the name
	 * @param max connections to each of them
	 * @return those that were called so far
	 * @throws NoSuchElementException if no upstream of that name was configured or called
	 * @throws InvalidSettingException if it is not positive, or above the total
	 */
	public List<Upstream> maxPerUpstream(String name, int max) {
		PoolSettings.requireMaxPerUpstream(max);
		if (max > this.gate.maxTotal()) {
			throw new InvalidSettingException("max-per-upstream", max,
					"is above max-total, which is " + this.gate.maxTotal(), "Lower it, or raise max-total.");
		}
		synchronized (this.maxByName) {
			List<Upstream> named = named(name);
			this.maxByName.put(name, max);
			named.forEach((upstream) -> upstream.lane().max(max));
			return named;
		}
	}

	/**
	 * The limit in force of the upstreams of one name, those first called later included.
	 * @param name the name
	 * @return connections to each of them
	 */
	public int maxPerUpstream(String name) {
		synchronized (this.maxByName) {
			return this.maxByName.getOrDefault(name, this.catalog.named(name).pool().maxPerUpstream());
		}
	}

	/**
	 * The upstreams of one name.
	 * @param name the name, as configured or as {@code host:port}
	 * @return those that were called so far
	 * @throws NoSuchElementException if no upstream of that name was configured or called
	 */
	public List<Upstream> named(String name) {
		List<Upstream> named = this.upstreams.values().stream().filter((each) -> each.name().equals(name)).toList();
		if (named.isEmpty() && !this.catalog.names().contains(name)) {
			throw new NoSuchElementException("There is no upstream '%s'. Configured are: %s".formatted(name,
					this.catalog.names().stream().sorted().toList()));
		}
		return named;
	}

	private Upstream add(UpstreamKey key) {
		UpstreamSettings settings = this.catalog.find(key.host(), key.port());
		String name = Objects.requireNonNullElseGet(settings.name(), key::hostAndPort);
		Upstream added;
		synchronized (this.maxByName) {
			added = this.upstreams.computeIfAbsent(key, (k) -> {
				int max = this.maxByName.getOrDefault(name, settings.pool().maxPerUpstream());
				Upstream upstream = new Upstream(key, settings, statsOf(name),
						this.gate.lane(max, settings.pool().maxPending()), new Sockets(this.sockets),
						this.clock.nanoTime());
				upstream.stats().add(upstream);
				return upstream;
			});
		}
		if (this.upstreams.size() > MAX_UPSTREAMS) {
			evictLeastRecentlyUsed();
		}
		return added;
	}

	private UpstreamStats statsOf(String name) {
		synchronized (this.stats) {
			UpstreamStats known = this.stats.get(name);
			if (known != null) {
				return known;
			}
			String tag = (this.stats.size() < MAX_TAGS) ? name : OTHER;
			UpstreamStats other = this.stats.get(tag);
			if (other != null) {
				return other;
			}
			UpstreamStats added = new UpstreamStats(tag, this.stats.size());
			this.stats.put(tag, added);
			this.tagListeners.forEach((listener) -> listener.accept(added));
			return added;
		}
	}

	private synchronized void evictLeastRecentlyUsed() {
		int excess = this.upstreams.size() - MAX_UPSTREAMS;
		if (excess <= 0) {
			return;
		}
		// Read once: they are used meanwhile, and what changes cannot be sorted. A tenth
		// at once, so that a stream of new hosts does not sort each time
		List<Upstream> evicted = this.upstreams.values()
			.stream()
			.map((upstream) -> new LastUse(upstream, upstream.lastUsed()))
			.sorted(Comparator.comparingLong(LastUse::tick))
			.limit(excess + MAX_UPSTREAMS / 10)
			.map(LastUse::upstream)
			.toList();
		for (Upstream upstream : evicted) {
			this.upstreams.remove(upstream.key());
			upstream.stats().remove(upstream);
		}
	}

	private record LastUse(Upstream upstream, long tick) {

	}

}
