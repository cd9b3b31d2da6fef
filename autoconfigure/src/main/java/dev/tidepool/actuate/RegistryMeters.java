package dev.tidepool.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.FailureCause;

/**
 * The pool's meters in one registry. What is registered here is removed here. Units of
 * counted things are not registered, as Prometheus would append them to names that say
 * them already.
 */
final class RegistryMeters {

	private static final List<FailureCause> RETRIED_CAUSES = List.of(FailureCause.CONNECT, FailureCause.LOST,
			FailureCause.STATUS);

	private final MeterRegistry registry;

	private final NanoClock clock;

	private final List<Meter> registered = new ArrayList<>();

	private final Map<UpstreamStats, Timers> timers = new ConcurrentHashMap<>();

	private boolean closed;

	RegistryMeters(MeterRegistry registry, NanoClock clock) {
		this.registry = registry;
		this.clock = clock;
	}

	synchronized void add(UpstreamStats upstream) {
		if (this.closed) {
			return;
		}
		gauge(TidepoolMeter.CONNECTIONS, upstream, "active", (stats) -> stats.connections(State.ACTIVE));
		gauge(TidepoolMeter.CONNECTIONS, upstream, "idle", (stats) -> stats.connections(State.IDLE));
		gauge(TidepoolMeter.CONNECTIONS, upstream, "canary", (stats) -> stats.connections(State.CANARY));
		gauge(TidepoolMeter.MAX, upstream, UpstreamStats::max);
		gauge(TidepoolMeter.PENDING, upstream, UpstreamStats::pending);
		gauge(TidepoolMeter.RETRY_BUDGET, upstream, (stats) -> stats.budgetLeft(this.clock.nanoTime()));
		counter(TidepoolMeter.OPENED, upstream, UpstreamStats::created);
		for (CloseReason reason : CloseReason.values()) {
			counter(TidepoolMeter.CLOSED, upstream, (stats) -> stats.closed(reason), reason.tag());
		}
		counter(TidepoolMeter.LEAKS_SUSPECTED, upstream, (stats) -> stats.leaks().suspected());
		for (FailureCause cause : RETRIED_CAUSES) {
			for (RetryOutcome outcome : RetryOutcome.values()) {
				counter(TidepoolMeter.RETRIES, upstream, (stats) -> stats.retries(cause, outcome),
						cause.name().toLowerCase(Locale.ROOT), outcome.tag());
			}
		}
		this.timers.put(upstream, new Timers(timer(TidepoolMeter.ACQUIRE, upstream, "success"),
				timer(TidepoolMeter.ACQUIRE, upstream, "failure"), timer(TidepoolMeter.USAGE, upstream),
				timer(TidepoolMeter.CONNECT, upstream, "success"), timer(TidepoolMeter.CONNECT, upstream, "failure")));
	}

	void acquired(UpstreamStats upstream, long nanos, boolean success) {
		Timers timers = this.timers.get(upstream);
		if (timers != null) {
			(success ? timers.acquired() : timers.notAcquired()).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void connected(UpstreamStats upstream, long nanos, boolean success) {
		Timers timers = this.timers.get(upstream);
		if (timers != null) {
			(success ? timers.connected() : timers.notConnected()).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void used(UpstreamStats upstream, long nanos) {
		Timers timers = this.timers.get(upstream);
		if (timers != null) {
			timers.used().record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	synchronized void close() {
		this.closed = true;
		this.timers.clear();
		this.registered.forEach(this.registry::remove);
		this.registered.clear();
	}

	private void gauge(TidepoolMeter meter, UpstreamStats upstream, ToDoubleFunction<UpstreamStats> value) {
		gauge(meter, upstream, value, tags(meter, upstream));
	}

	private void gauge(TidepoolMeter meter, UpstreamStats upstream, String tagValue,
			ToDoubleFunction<UpstreamStats> value) {
		gauge(meter, upstream, value, tags(meter, upstream, tagValue));
	}

	private void gauge(TidepoolMeter meter, UpstreamStats upstream, ToDoubleFunction<UpstreamStats> value, Tags tags) {
		this.registered.add(Gauge.builder(meter.meterName(), upstream, value)
			.description(meter.description())
			.tags(tags)
			.register(this.registry));
	}

	private void counter(TidepoolMeter meter, UpstreamStats upstream, ToDoubleFunction<UpstreamStats> value,
			String... tagValues) {
		this.registered.add(FunctionCounter.builder(meter.meterName(), upstream, value)
			.description(meter.description())
			.tags(tags(meter, upstream, tagValues))
			.register(this.registry));
	}

	private Timer timer(TidepoolMeter meter, UpstreamStats upstream, String... outcome) {
		Timer timer = Timer.builder(meter.meterName())
			.description(meter.description())
			.tags(tags(meter, upstream, outcome))
			.register(this.registry);
		this.registered.add(timer);
		return timer;
	}

	private static Tags tags(TidepoolMeter meter, UpstreamStats upstream, String... values) {
		Tags tags = Tags.of("upstream", upstream.tag());
		for (int i = 0; i < values.length; i++) {
			tags = tags.and(meter.tags().get(i), values[i]);
		}
		return tags;
	}

	private record Timers(Timer acquired, Timer notAcquired, Timer used, Timer connected, Timer notConnected) {

	}

}
