package dev.tidepool.actuate;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which meters there are, without a pool.
 */
class PoolMetersTests {

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 1000,
			NanoClock.SYSTEM);

	private final ConnectionEvents events = new ConnectionEvents();

	private final PoolMeters meters = new PoolMeters(this.upstreams, this.events);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void tenThousandUpstreamsHaveTheMetersOfAHundredAndOne() {
		this.meters.bindTo(this.registry);
		for (int i = 0; i < 10_000; i++) {
			this.upstreams.get(key(i));
		}
		for (TidepoolMeter meter : TidepoolMeter.values()) {
			int upstreams = meter.isPerUpstream() ? 101 : 1;
			assertThat(this.registry.get(meter.meterName()).meters()).as(meter.name())
				.hasSize(upstreams * MeterTags.combinations(meter));
		}
		assertThat(this.registry.get(TidepoolMeter.MAX.meterName()).tag("upstream", "other").gauge().value())
			.isEqualTo(9900 * 200);
	}

	@Test
	void eachTagHasTimersOfItsOwn() {
		this.meters.bindTo(this.registry);
		for (int i = 0; i < 200; i++) {
			this.events.acquired(this.upstreams.get(key(i)).stats(), 1000);
		}
		assertThat(this.registry.get(TidepoolMeter.ACQUIRE.meterName()).tag("outcome", "success").timers()).hasSize(101)
			.allSatisfy((timer) -> assertThat(timer.count())
				.isEqualTo("other".equals(timer.getId().getTag("upstream")) ? 100 : 1));
	}

	@Test
	void registryThatIsBoundLaterHasAllMetersAndWhatWasCountedBefore() {
		UpstreamStats stats = this.upstreams.get(key(1)).stats();
		stats.refused(Admission.EXPIRED);
		this.meters.bindTo(new SimpleMeterRegistry());
		this.events.connected(stats, ConnectPhase.DNS, 1000);
		this.meters.bindTo(this.registry);
		this.events.connected(stats, ConnectPhase.DNS, 1000);
		assertThat(names(this.registry)).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(TidepoolMeter.values()).map(TidepoolMeter::meterName).toList());
		assertThat(this.registry.get(TidepoolMeter.REFUSED.meterName())
			.tag("reason", "acquire-timeout")
			.functionCounter()
			.count()).isOne();
		// A timer knows only what happened since
		assertThat(this.registry.get(TidepoolMeter.CONNECT_PHASE.meterName()).tag("phase", "dns").timer().count())
			.isOne();
	}

	@Test
	void nothingIsLeftOrComesBackAfterClose() {
		this.upstreams.get(key(1));
		this.registry.counter("own").increment();
		this.meters.bindTo(this.registry);
		this.meters.close();
		UpstreamStats late = this.upstreams.get(key(2)).stats();
		this.events.acquired(late, 1000);
		this.events.connected(late, ConnectPhase.TCP, 1000);
		this.meters.close();
		assertThat(names(this.registry)).containsExactly("own");
	}

	@Test
	void tagValuesAreThoseOfTheEnums() {
		assertThat(MeterTags.of(TidepoolMeter.CLOSED).get("reason"))
			.containsExactlyElementsOf(Arrays.stream(CloseReason.values()).map(CloseReason::tag).toList());
		assertThat(MeterTags.of(TidepoolMeter.RETRIES).get("outcome"))
			.containsExactlyElementsOf(Arrays.stream(RetryOutcome.values()).map(RetryOutcome::tag).toList());
		assertThat(MeterTags.of(TidepoolMeter.RETRIES).get("cause")).containsExactlyElementsOf(
				Arrays.stream(FailureCause.values()).map((cause) -> cause.name().toLowerCase()).toList().subList(0, 3));
		assertThat(MeterTags.of(TidepoolMeter.DRAINS).get("outcome"))
			.containsExactlyElementsOf(Arrays.stream(DrainOutcome.values()).map(DrainOutcome::tag).toList());
		assertThat(MeterTags.of(TidepoolMeter.CONNECT_PHASE).get("phase"))
			.containsExactlyElementsOf(Arrays.stream(ConnectPhase.values()).map(ConnectPhase::tag).toList());
		assertThat(MeterTags.of(TidepoolMeter.EXPIRED).get("phase"))
			.containsExactlyElementsOf(Arrays.stream(Phase.values())
				.filter((phase) -> phase != Phase.NONE && phase != Phase.DRAIN)
				.map(Phase::tag)
				.toList());
	}

	@Test
	void namesAreOfOneKindAndTagsAreDeclared() {
		assertThat(TidepoolMeter.values()).allSatisfy((meter) -> {
			assertThat(meter.meterName()).matches("tidepool(\\.[a-z]+)+");
			assertThat(meter.description()).matches("[A-Z].*[^.]");
			assertThat(MeterTags.of(meter)).containsOnlyKeys(meter.tags());
		});
		assertThat(TidepoolMeter.values()).extracting(TidepoolMeter::meterName).doesNotHaveDuplicates();
	}

	private static UpstreamKey key(int number) {
		return new UpstreamKey("http", "host-" + number, 80, null);
	}

	private static Set<String> names(MeterRegistry registry) {
		return registry.getMeters().stream().map((meter) -> meter.getId().getName()).collect(Collectors.toSet());
	}

}
