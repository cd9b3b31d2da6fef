package dev.tidepool.connection;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

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

	private final NanoClock clock;

	private final Map<UpstreamKey, Upstream> upstreams = new ConcurrentHashMap<>();

	private final Map<String, UpstreamStats> stats = new LinkedHashMap<>();

	private final List<Consumer<UpstreamStats>> tagListeners = new CopyOnWriteArrayList<>();

	private final List<Consumer<Upstream>> evictionListeners = new CopyOnWriteArrayList<>();

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

	/**
	 * Be told of each upstream that is forgotten.
	 * @param listener called once for each
	 */
	public void onEviction(Consumer<Upstream> listener) {
		this.evictionListeners.add(listener);
	}

	public Collection<UpstreamStats> stats() {
		synchronized (this.stats) {
			return List.copyOf(this.stats.values());
		}
	}

	private Upstream add(UpstreamKey key) {
		UpstreamSettings settings = this.catalog.find(key.host(), key.port());
		Upstream added = this.upstreams.computeIfAbsent(key, (k) -> {
			String name = (settings.name() != null) ? settings.name() : key.hostAndPort();
			Upstream upstream = new Upstream(key, settings, statsOf(name),
					this.gate.lane(settings.pool().maxPerUpstream(), settings.pool().maxPending()),
					this.clock.nanoTime());
			upstream.stats().add(upstream);
			return upstream;
		});
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
			this.evictionListeners.forEach((listener) -> listener.accept(upstream));
		}
	}

	private record LastUse(Upstream upstream, long tick) {

	}

}
