package dev.tidepool.actuate;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.AdmissionGate;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.FailureCause;

/**
 * The pool's meters in one registry: which there are, and where each is read.
 */
final class RegistryMeters {

	private static final List<State> STATES = List.of(State.ACTIVE, State.IDLE, State.CANARY);

	private static final Map<Admission, String> REFUSALS = Map.of(Admission.REFUSED, "max-pending", Admission.EXPIRED,
			"acquire-timeout");

	private static final List<FailureCause> RETRIED_CAUSES = List.of(FailureCause.CONNECT, FailureCause.LOST,
			FailureCause.STATUS);

	private static final Set<Phase> EXPIRING_PHASES = EnumSet.complementOf(EnumSet.of(Phase.NONE, Phase.DRAIN));

	private final MeterRegistration meters;

	private final NanoClock clock;

	private final AtomicReferenceArray<@Nullable UpstreamTimers> timers = new AtomicReferenceArray<>(
			Upstreams.MAX_TAGS + 1);

	private boolean closed;

	RegistryMeters(MeterRegistry registry, Upstreams upstreams) {
		this.meters = new MeterRegistration(registry);
		this.clock = upstreams.clock();
		this.meters.gauge(TidepoolMeter.POOL_MAX, upstreams.gate(), AdmissionGate::maxTotal);
		this.meters.timeGauge(TidepoolMeter.SWEEP_AGE, upstreams, Upstreams::nanosSinceSweep);
	}

	synchronized void add(UpstreamStats upstream) {
		if (this.closed) {
			return;
		}
		addConnections(upstream);
		addFailures(upstream);
		this.timers.set(upstream.number(), UpstreamTimers.register(this.meters, upstream));
	}

	private void addConnections(UpstreamStats upstream) {
		for (State state : STATES) {
			this.meters.gauge(TidepoolMeter.CONNECTIONS, upstream, (stats) -> stats.connections(state),
					state.name().toLowerCase(Locale.ROOT));
		}
		this.meters.gauge(TidepoolMeter.MAX, upstream, UpstreamStats::max);
		this.meters.gauge(TidepoolMeter.PENDING, upstream, UpstreamStats::pending);
		this.meters.timeGauge(TidepoolMeter.OLDEST, upstream, (stats) -> stats.oldest(this.clock.nanoTime()).toNanos());
		this.meters.counter(TidepoolMeter.OPENED, upstream, UpstreamStats::created);
		for (CloseReason reason : CloseReason.values()) {
			this.meters.counter(TidepoolMeter.CLOSED, upstream, (stats) -> stats.closed(reason), reason.tag());
		}
		this.meters.counter(TidepoolMeter.REQUESTS, upstream, UpstreamStats::requestsOfClosed);
		this.meters.gauge(TidepoolMeter.REUSE, upstream, UpstreamStats::reuse);
		for (DrainOutcome outcome : DrainOutcome.values()) {
			this.meters.counter(TidepoolMeter.DRAINS, upstream, (stats) -> stats.drains(outcome), outcome.tag());
		}
		keepAlive(upstream, UpstreamSnapshot::trusted, "trusted");
		keepAlive(upstream, UpstreamSnapshot::configuredTimeout, "configured");
		keepAlive(upstream, UpstreamSnapshot::learnedTimeout, "learned");
	}

	private void keepAlive(UpstreamStats upstream, Function<UpstreamSnapshot, @Nullable Duration> value, String kind) {
		this.meters.timeGauge(TidepoolMeter.KEEP_ALIVE, upstream, (stats) -> smallest(stats, value), kind);
	}

	private static double smallest(UpstreamStats stats, Function<UpstreamSnapshot, @Nullable Duration> value) {
		return stats.members()
			.stream()
			.map(Upstream::snapshot)
			.map(value)
			.filter(Objects::nonNull)
			.mapToDouble(Duration::toNanos)
			.min()
			.orElse(Double.NaN);
	}

	private void addFailures(UpstreamStats upstream) {
		REFUSALS.forEach((admission, reason) -> this.meters.counter(TidepoolMeter.REFUSED, upstream,
				(stats) -> stats.refusals(admission), reason));
		this.meters.counter(TidepoolMeter.LEAKS_SUSPECTED, upstream, (stats) -> stats.leaks().suspected());
		for (FailureCause cause : RETRIED_CAUSES) {
			for (RetryOutcome outcome : RetryOutcome.values()) {
				this.meters.counter(TidepoolMeter.RETRIES, upstream, (stats) -> stats.retries(cause, outcome),
						cause.tag(), outcome.tag());
			}
		}
		this.meters.gauge(TidepoolMeter.RETRY_BUDGET, upstream, (stats) -> stats.budgetLeft(this.clock.nanoTime()));
		for (Phase phase : EXPIRING_PHASES) {
			this.meters.counter(TidepoolMeter.EXPIRED, upstream, (stats) -> stats.expiries(phase), phase.tag());
		}
	}

	void acquired(UpstreamStats upstream, long nanos, boolean success) {
		UpstreamTimers timers = this.timers.get(upstream.number());
		if (timers != null) {
			timers.acquire(success).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void connected(UpstreamStats upstream, long nanos, boolean success) {
		UpstreamTimers timers = this.timers.get(upstream.number());
		if (timers != null) {
			timers.connect(success).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
		UpstreamTimers timers = this.timers.get(upstream.number());
		if (timers != null) {
			timers.connect(phase).record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	void used(UpstreamStats upstream, long nanos) {
		UpstreamTimers timers = this.timers.get(upstream.number());
		if (timers != null) {
			timers.used().record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	synchronized void close() {
		this.closed = true;
		for (int i = 0; i < this.timers.length(); i++) {
			this.timers.set(i, null);
		}
		this.meters.remove();
	}

}
