package dev.tidepool.benchmarks;

import java.net.URI;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;

import dev.tidepool.TidepoolMeter;
import dev.tidepool.testsupport.Sockets;

/**
 * Whether calls went through Tidepool's pool: its meters, which this binds, have to say
 * so, and what they say has to be what the kernel counts.
 */
final class PoolCheck {

	private final URI uri;

	private final int callers;

	private final MeterRegistry registry;

	PoolCheck(URI uri, int callers, ApplicationContext context) {
		this.uri = uri;
		this.callers = callers;
		this.registry = context.getBean(MeterRegistry.class);
		context.getBeanProvider(MeterBinder.class).forEach((binder) -> binder.bindTo(this.registry));
	}

	/**
	 * Each call waited for a connection once, the connections were kept, all came back,
	 * and the pool knows each socket.
	 * @param calls how many there were
	 */
	void check(long calls) throws InterruptedException {
		long acquired = this.registry.get(TidepoolMeter.ACQUIRE.meterName()).tag("outcome", "success").timer().count();
		double opened = this.registry.get(TidepoolMeter.OPENED.meterName()).functionCounter().count();
		if (acquired != calls || opened < 1 || opened > this.callers) {
			throw new IllegalStateException("%d calls by %d callers acquired %d connections and opened %.0f"
				.formatted(calls, this.callers, acquired, opened));
		}
		if (KeptSockets.areCounted()) {
			Settled.await(this::unknownSockets);
		}
	}

	private @Nullable String unknownSockets() {
		double active = connections("active");
		double known = active + connections("idle") + connections("canary");
		int sockets = Sockets.established(this.uri.getPort());
		return (active == 0 && known == sockets) ? null
				: "Of %d sockets the pool knows %.0f, %.0f of them active".formatted(sockets, known, active);
	}

	private double connections(String state) {
		return this.registry.get(TidepoolMeter.CONNECTIONS.meterName())
			.tag("state", state)
			.gauges()
			.stream()
			.mapToDouble(Gauge::value)
			.sum();
	}

}
