package dev.tidepool.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.HostPattern;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Upstreams are found by their key, and bounded in number and in tags.
 */
class UpstreamsTests {

	private final ManualClock clock = new ManualClock(0);

	private final Upstreams upstreams = upstreams(Map.of());

	@Test
	void sameKeyHasTheSameUpstream() {
		assertThat(this.upstreams.get(key(1))).isSameAs(this.upstreams.get(key(1)));
		assertThat(this.upstreams.get(key(1)).key()).isEqualTo(key(1));
	}

	@Test
	void schemeHostPortAndProxyTellUpstreamsApart() {
		List<UpstreamKey> keys = List.of(new UpstreamKey("http", "orders", 80, null),
				new UpstreamKey("https", "orders", 80, null), new UpstreamKey("http", "payment", 80, null),
				new UpstreamKey("http", "orders", 81, null), new UpstreamKey("http", "orders", 80, "proxy:3128"),
				new UpstreamKey("http", "orders", 80, "proxy:3129"));
		assertThat(keys).extracting(this.upstreams::get).doesNotHaveDuplicates();
		assertThat(keys).extracting(this.upstreams::get).extracting(Upstream::key).containsExactlyElementsOf(keys);
	}

	@Test
	void timeSinceTheLastSweepGrowsUntilTheNext() {
		this.clock.advance(3_000_000_000L);
		assertThat(this.upstreams.nanosSinceSweep()).isEqualTo(3_000_000_000L);
		this.upstreams.swept(this.clock.nanoTime());
		assertThat(this.upstreams.nanosSinceSweep()).isZero();
	}

	@Test
	void eachTagHasItsNumber() {
		assertThat(IntStream.rangeClosed(0, 200).mapToObj((i) -> this.upstreams.get(key(i)).stats().number()))
			.startsWith(0, 1, 2)
			.endsWith(Upstreams.MAX_TAGS)
			.hasSize(201);
	}

	@Test
	void settingsComeFromTheCatalog() {
		UpstreamSettings orders = named("orders");
		UpstreamSettings any = named("any");
		Upstreams configured = upstreams(
				Map.of(HostPattern.parse("hosts", "orders:8080"), orders, HostPattern.parse("hosts", "*.local"), any));
		assertThat(configured.get(new UpstreamKey("http", "orders", 8080, null)).settings()).isSameAs(orders);
		assertThat(configured.get(new UpstreamKey("http", "orders", 8080, "proxy:3128")).settings()).isSameAs(orders);
		assertThat(configured.get(new UpstreamKey("http", "orders", 80, null)).settings())
			.isSameAs(UpstreamSettings.DEFAULTS);
		assertThat(configured.get(new UpstreamKey("http", "x.local", 80, null)).settings()).isSameAs(any);
		assertThat(configured.clock()).isSameAs(this.clock);
		assertThat(configured.catalog().defaults()).isSameAs(UpstreamSettings.DEFAULTS);
	}

	@Test
	void eachUpstreamHasABudgetOfItsOwn() {
		Upstream first = this.upstreams.get(key(1));
		while (first.budget().tryTake(0)) {
			// Used up
		}
		assertThat(this.upstreams.get(key(2)).budget().left(0)).isEqualTo(100);
	}

	@Test
	void manyThreadsGetTheSameUpstreamForAKey() throws Exception {
		for (int round = 0; round < 200; round++) {
			UpstreamKey key = new UpstreamKey("http", "host", round, null);
			List<Upstream> found = Together.run(4, (thread) -> () -> this.upstreams.get(key));
			Set<Upstream> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
			distinct.addAll(found);
			assertThat(distinct).hasSize(1);
		}
		assertThat(count(this.upstreams)).isEqualTo(200);
	}

	@Test
	void leastRecentlyUsedAreForgottenAtTheBound() {
		List<Upstream> all = new ArrayList<>();
		for (int i = 0; i < Upstreams.MAX_UPSTREAMS; i++) {
			tick();
			all.add(this.upstreams.get(key(i)));
		}
		tick();
		for (int i = 0; i < 100; i++) {
			assertThat(this.upstreams.get(key(i))).isSameAs(all.get(i));
		}
		assertThat(count(this.upstreams)).isEqualTo(10_000);
		tick();
		Upstream newest = this.upstreams.get(key(10_000));
		// A tenth at once, so the ones after those that were used again
		assertThat(all).filteredOn((each) -> !each.stats().members().contains(each))
			.containsExactlyElementsOf(all.subList(100, 1101));
		assertThat(count(this.upstreams)).isEqualTo(9_000);
		assertThat(this.upstreams.get(key(10_000))).isSameAs(newest);
		assertThat(this.upstreams.get(key(0))).isSameAs(all.get(0));
		assertThat(this.upstreams.get(key(1101))).isSameAs(all.get(1101));
		assertThat(this.upstreams.get(key(100))).isNotSameAs(all.get(100));
	}

	@Test
	void connectionOfAForgottenUpstreamIsStillCountedWhenItCloses() {
		Upstream first = this.upstreams.get(key(0));
		UpstreamStats stats = first.stats();
		ConnectionRecord connection = first.connected(new QuietProbe(), null, 0);
		for (int i = 1; i <= Upstreams.MAX_UPSTREAMS; i++) {
			tick();
			this.upstreams.get(key(i));
		}
		assertThat(stats.max()).as("forgotten").isZero();
		assertThat(stats.connections(State.ACTIVE)).isOne();
		connection.closed();
		assertThat(stats.connections(State.ACTIVE)).isZero();
		assertThat(stats.closed(CloseReason.ERROR)).isOne();
		assertThat(this.upstreams.get(key(0)).stats()).isSameAs(stats);
	}

	@Test
	void upstreamsAreForgottenInPeaceWhileOthersAreUsed() throws Exception {
		for (int i = 0; i < Upstreams.MAX_UPSTREAMS; i++) {
			this.upstreams.get(key(i));
		}
		AtomicInteger adding = new AtomicInteger(2);
		Together.run(4, (thread) -> () -> {
			if (thread < 2) {
				try {
					for (int i = 0; i < 3_000; i++) {
						this.upstreams.get(key((thread + 1) * 100_000 + i));
					}
				}
				finally {
					adding.decrementAndGet();
				}
			}
			for (int i = thread; adding.get() > 0; i = (i + 7) % Upstreams.MAX_UPSTREAMS) {
				tick();
				this.upstreams.get(key(i));
			}
			return null;
		});
		assertThat(count(this.upstreams)).isBetween(1, 10_000);
	}

	@Test
	void namesBeyondTheHundredthShareATag() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.upstreams.get(key(i)).stats().tag()).isEqualTo("host-" + i + ":80");
		}
		Upstream beyond = this.upstreams.get(key(100));
		assertThat(beyond.stats().tag()).isEqualTo(Upstreams.OTHER).isEqualTo("other");
		assertThat(beyond.name()).isEqualTo("host-100:80");
		assertThat(this.upstreams.get(key(101)).stats()).isSameAs(beyond.stats());
		assertThat(beyond.stats().max()).isEqualTo(400);
		// A name that has its tag keeps it
		assertThat(this.upstreams.get(new UpstreamKey("https", "host-7", 80, null)).stats())
			.isSameAs(this.upstreams.get(key(7)).stats());
		assertThat(this.upstreams.stats()).hasSize(101);
	}

	@Test
	void upstreamsOfOneNameShareATag() {
		Upstreams configured = upstreams(Map.of(HostPattern.parse("hosts", "*.local"), named("any")));
		UpstreamStats stats = configured.get(new UpstreamKey("http", "a.local", 80, null)).stats();
		assertThat(configured.get(new UpstreamKey("http", "b.local", 81, null)).stats()).isSameAs(stats);
		assertThat(stats.tag()).isEqualTo("any");
		assertThat(configured.stats()).containsExactly(stats);
	}

	@Test
	void tagListenerIsToldOfTagsBeforeAndAfterIt() {
		this.upstreams.get(key(1));
		this.upstreams.get(key(2));
		List<String> tags = new ArrayList<>();
		this.upstreams.onTag((stats) -> tags.add(stats.tag()));
		assertThat(tags).containsExactly("host-1:80", "host-2:80");
		this.upstreams.get(key(2));
		this.upstreams.get(key(3));
		assertThat(tags).containsExactly("host-1:80", "host-2:80", "host-3:80");
		for (int i = 0; i < 200; i++) {
			this.upstreams.get(key(i));
		}
		assertThat(tags).hasSize(101).doesNotHaveDuplicates().endsWith("other");
	}

	@Test
	void tagListenerThatComesWhileTagsDoMissesNone() throws Exception {
		for (int round = 0; round < 50; round++) {
			Upstreams shared = upstreams(Map.of());
			Map<String, Integer> told = new ConcurrentHashMap<>();
			Together.run(3, (thread) -> () -> {
				if (thread == 0) {
					shared.onTag((stats) -> told.merge(stats.tag(), 1, Integer::sum));
				}
				else {
					IntStream.range(0, 60).forEach((i) -> shared.get(key(thread * 60 + i)));
				}
				return null;
			});
			assertThat(told).hasSize(101).containsKey("other");
			assertThat(told.values()).containsOnly(1);
		}
	}

	private void tick() {
		this.clock.advance(1);
		this.upstreams.tick(this.clock.nanoTime());
	}

	private Upstreams upstreams(Map<HostPattern, UpstreamSettings> byPattern) {
		return new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, new LinkedHashMap<>(byPattern)), 1000,
				this.clock);
	}

	private static int count(Upstreams upstreams) {
		long max = upstreams.stats().stream().mapToLong(UpstreamStats::max).sum();
		return (int) (max / UpstreamSettings.DEFAULTS.pool().maxPerUpstream());
	}

	private static UpstreamKey key(int i) {
		return new UpstreamKey("http", "host-" + i, 80, null);
	}

	private static UpstreamSettings named(String name) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamSettings(name, defaults.pool(), defaults.keepAlive(), defaults.timeout(), defaults.retry(),
				DrainSettings.DEFAULTS, ResponseLimits.DEFAULTS, defaults.maxRedirects(), defaults.proxy(),
				defaults.sslBundle());
	}

}
