package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is kept of the last minutes, on a clock that is about to overflow.
 */
class HistoryTests {

	private long now = Long.MAX_VALUE - Duration.ofSeconds(25).toNanos();

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			() -> this.now);

	private final History history = new History(this.upstreams);

	@Test
	void sampleIsTakenEveryTenSeconds() {
		assertThat(sampleAfter(Duration.ofMillis(9999))).isFalse();
		assertThat(this.history.windows()).isEmpty();
		assertThat(sampleAfter(Duration.ofMillis(1))).isTrue();
		assertThat(sampleAfter(Duration.ofMillis(9999))).isFalse();
		assertThat(sampleAfter(Duration.ofMillis(1))).isTrue();
	}

	@Test
	void whatHappenedBeforeTheFirstSampleCounts() {
		sampleAfter(Duration.ofSeconds(10));
		upstream("orders").stats().used(1);
		sampleAfter(Duration.ofSeconds(10));
		assertThat(this.history.windows()).singleElement().satisfies((window) -> {
			assertThat(window.last().name()).isEqualTo("orders:80");
			assertThat(window.calls()).isOne();
			assertThat(window.length()).isEqualTo(Duration.ofSeconds(10));
		});
	}

	@Test
	void whatIsOlderThanFiveMinutesIsForgotten() {
		upstream("orders").stats().used(1);
		for (int i = 0; i < 30; i++) {
			sampleAfter(Duration.ofSeconds(10));
			assertThat(window().calls()).isOne();
		}
		sampleAfter(Duration.ofSeconds(10));
		assertThat(window().calls()).isZero();
		assertThat(window().length()).isEqualTo(Duration.ofMinutes(5));
	}

	@Test
	void windowSpansAPauseOfTheProcess() {
		upstream("orders").stats().used(1);
		sampleAfter(Duration.ofSeconds(10));
		upstream("orders").stats().used(1);
		sampleAfter(Duration.ofHours(2));
		assertThat(window().calls()).isOne();
		assertThat(window().length()).isEqualTo(Duration.ofHours(2));
	}

	@Test
	void peakIsThatOfEachInterval() throws Exception {
		Upstream upstream = upstream("orders");
		upstream.lane().enter(0);
		upstream.lane().enter(0);
		upstream.lane().leave();
		upstream.lane().leave();
		sampleAfter(Duration.ofSeconds(10));
		sampleAfter(Duration.ofSeconds(10));
		assertThat(window().samples()).extracting(Window.Sample::peak).containsExactly(0L, 2L, 0L);
	}

	@Test
	void sizeIsBoundedForManyNamesWithManyAddresses() {
		for (int i = 0; i < 1000; i++) {
			upstream("host" + i).stats().used(i);
		}
		for (int i = 0; i < 100; i++) {
			sampleAfter(Duration.ofSeconds(10));
		}
		List<Window> windows = this.history.windows();
		assertThat(windows).hasSizeBetween(100, 101);
		assertThat(windows).allSatisfy((window) -> {
			assertThat(window.samples()).hasSize(31);
			assertThat(window.samples().subList(0, 30)).allMatch((sample) -> sample.stats().members().isEmpty());
			assertThat(window.last().members()).isNotEmpty();
		});
	}

	@Test
	void intervalsAreLongEnoughToTellARate() {
		SeenUpstream seen = new SeenUpstream().after(10).after(4).after(4).after(20).after(1);
		assertThat(seen.evidence().window().intervals()).extracting(Window::length)
			.containsExactly(Duration.ofSeconds(10), Duration.ofSeconds(8), Duration.ofSeconds(20));
		assertThat(new SeenUpstream().after(1).evidence().window().intervals()).extracting(Window::length)
			.containsExactly(Duration.ofSeconds(1));
	}

	private Window window() {
		return this.history.windows().get(0);
	}

	private boolean sampleAfter(Duration time) {
		this.now += time.toNanos();
		return this.history.sample(this.now);
	}

	private Upstream upstream(String host) {
		return this.upstreams.get(new UpstreamKey("http", host, 80, null));
	}

}
