package dev.tidepool.actuate;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import io.micrometer.core.instrument.Timer;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.UpstreamStats;

/**
 * The timers of one upstream: the only meters that cost something per call.
 *
 * @param acquired waits of callers that got a connection
 * @param notAcquired waits of those that got none
 * @param used times for which callers held one
 * @param connected times that it took to make one
 * @param notConnected times of attempts at it
 * @param phases what making one consisted of
 */
record UpstreamTimers(Timer acquired, Timer notAcquired, Timer used, Timer connected, Timer notConnected,
		Map<ConnectPhase, Timer> phases) {

	static UpstreamTimers register(MeterRegistration meters, UpstreamStats upstream) {
		Map<ConnectPhase, Timer> phases = new EnumMap<>(ConnectPhase.class);
		for (ConnectPhase phase : ConnectPhase.values()) {
			phases.put(phase, meters.timer(TidepoolMeter.CONNECT_PHASE, upstream, phase.tag()));
		}
		return new UpstreamTimers(meters.timer(TidepoolMeter.ACQUIRE, upstream, "success"),
				meters.timer(TidepoolMeter.ACQUIRE, upstream, "failure"), meters.timer(TidepoolMeter.USAGE, upstream),
				meters.timer(TidepoolMeter.CONNECT, upstream, "success"),
				meters.timer(TidepoolMeter.CONNECT, upstream, "failure"), phases);
	}

	Timer acquire(boolean success) {
		return success ? this.acquired : this.notAcquired;
	}

	Timer connect(boolean success) {
		return success ? this.connected : this.notConnected;
	}

	Timer connect(ConnectPhase phase) {
		return Objects.requireNonNull(this.phases.get(phase));
	}

}
