package dev.tidepool.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.UpstreamStats;

/**
 * Registers meters as they are declared, and removes what it has registered. Units of
 * counted things are not registered, as Prometheus would append them to names that say
 * them already.
 */
final class MeterRegistration {

	private final MeterRegistry registry;

	private final List<Meter> registered = new ArrayList<>();

	MeterRegistration(MeterRegistry registry) {
		this.registry = registry;
	}

	<T> void gauge(TidepoolMeter meter, T source, ToDoubleFunction<T> value, String... tagValues) {
		this.registered.add(Gauge.builder(meter.meterName(), source, value)
			.description(meter.description())
			.tags(tags(meter, source, tagValues))
			.register(this.registry));
	}

	<T> void timeGauge(TidepoolMeter meter, T source, ToDoubleFunction<T> nanos, String... tagValues) {
		this.registered.add(TimeGauge.builder(meter.meterName(), source, TimeUnit.NANOSECONDS, nanos)
			.description(meter.description())
			.tags(tags(meter, source, tagValues))
			.register(this.registry));
	}

	void counter(TidepoolMeter meter, UpstreamStats source, ToDoubleFunction<UpstreamStats> value,
			String... tagValues) {
		this.registered.add(FunctionCounter.builder(meter.meterName(), source, value)
			.description(meter.description())
			.tags(tags(meter, source, tagValues))
			.register(this.registry));
	}

	Timer timer(TidepoolMeter meter, UpstreamStats source, String... tagValues) {
		Timer timer = Timer.builder(meter.meterName())
			.description(meter.description())
			.tags(tags(meter, source, tagValues))
			.register(this.registry);
		this.registered.add(timer);
		return timer;
	}

	void remove() {
		this.registered.forEach(this.registry::remove);
		this.registered.clear();
	}

	private static Tags tags(TidepoolMeter meter, Object source, String... values) {
		Tags tags = (source instanceof UpstreamStats upstream) ? Tags.of("upstream", upstream.tag()) : Tags.empty();
		for (int i = 0; i < values.length; i++) {
			tags = tags.and(meter.tags().get(i), values[i]);
		}
		return tags;
	}

}
