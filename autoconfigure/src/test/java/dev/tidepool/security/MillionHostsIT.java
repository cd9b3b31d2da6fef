package dev.tidepool.security;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.tidepool.actuate.PoolMeters;
import dev.tidepool.actuate.findings.Findings;
import dev.tidepool.actuate.findings.History;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.QuietProbe;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that calls a new host each time, which a caller of its own may make it
 * do, keeps no more of them than of ten thousand.
 */
class MillionHostsIT {

	private static final int HOSTS = 1_000_000;

	private static final int REMEMBERED = 10_000;

	private static final long STEP = Duration.ofMillis(1).toNanos();

	private long now;

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			() -> this.now);

	private final ConnectionEvents events = new ConnectionEvents();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Findings findings = new Findings(this.upstreams, new History(this.upstreams), List.of());

	@Test
	void millionHostsCostNoMoreThanTenThousand() {
		PoolMeters meters = new PoolMeters(this.upstreams, this.events);
		meters.bindTo(this.registry);
		call(0, 2 * REMEMBERED);
		int metersBefore = this.registry.getMeters().size();
		long heapBefore = heap();
		call(2 * REMEMBERED, HOSTS);
		assertThat(this.upstreams.stats().stream().mapToInt((stats) -> stats.members().size()).sum())
			.isBetween(REMEMBERED / 2, REMEMBERED);
		assertThat(this.upstreams.stats()).hasSize(Upstreams.MAX_TAGS + 1)
			.extracting(UpstreamStats::created)
			.satisfies((created) -> assertThat(created.stream().mapToLong(Long::longValue).sum()).isEqualTo(HOSTS));
		assertThat(this.upstreams.stats()).allSatisfy((stats) -> assertThat(stats.connections()).isEmpty());
		assertThat(this.upstreams.gate().active()).isZero();
		assertThat(this.registry.getMeters()).hasSize(metersBefore);
		assertThat(tags()).hasSize(Upstreams.MAX_TAGS + 1).contains(Upstreams.OTHER);
		assertThat(heap() - heapBefore).as("bytes more").isLessThan(16L << 20);
		meters.close();
	}

	private void call(int from, int to) {
		for (int i = from; i < to; i++) {
			this.now += STEP;
			this.upstreams.tick(this.now);
			call(this.upstreams.get(new UpstreamKey("https", "host-" + i + ".test", 443, null)));
			if (i % 100_000 == 0) {
				this.findings.swept(this.now);
			}
		}
	}

	// What a call does to what is shared, with a repeat and an announced keep-alive
	private void call(Upstream upstream) {
		upstream.lane().tryEnter();
		ConnectionRecord connection = upstream.connected(new QuietProbe(), null, this.now);
		this.events.acquired(upstream.stats(), STEP);
		connection.requestStarts();
		connection.responseStarts();
		connection.trust(upstream.trustedNanos(Duration.ofSeconds(5).toNanos()));
		upstream.budget().tryTake(this.now);
		connection.idle();
		connection.lease(this.now, false);
		connection.lostOnReuse(this.now);
		connection.closed();
		this.events.used(upstream.stats(), STEP);
		upstream.stats().refused(Admission.EXPIRED);
		upstream.lane().leave();
	}

	private Set<String> tags() {
		return this.registry.getMeters()
			.stream()
			.map(Meter::getId)
			.map((id) -> id.getTag("upstream"))
			.filter((tag) -> tag != null)
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static long heap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
