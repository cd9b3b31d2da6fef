package dev.tidepool.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;

/**
 * Shows the pool in each registry that it is bound to.
 */
public final class PoolMeters implements MeterBinder, ConnectionListener, AutoCloseable {

	private final Upstreams upstreams;

	private final ConnectionEvents events;

	private final List<RegistryMeters> bound = new CopyOnWriteArrayList<>();

	public PoolMeters(Upstreams upstreams, ConnectionEvents events) {
		this.upstreams = upstreams;
		this.events = events;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		RegistryMeters meters = new RegistryMeters(registry, this.upstreams);
		this.upstreams.onTag(meters::add);
		this.bound.add(meters);
		this.events.add(this);
	}

	@Override
	public void acquired(UpstreamStats upstream, long nanos, boolean success) {
		for (RegistryMeters meters : this.bound) {
			meters.acquired(upstream, nanos, success);
		}
	}

	@Override
	public void connected(UpstreamStats upstream, long nanos, boolean success) {
		for (RegistryMeters meters : this.bound) {
			meters.connected(upstream, nanos, success);
		}
	}

	@Override
	public void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
		for (RegistryMeters meters : this.bound) {
			meters.connected(upstream, phase, nanos);
		}
	}

	@Override
	public void used(UpstreamStats upstream, long nanos) {
		for (RegistryMeters meters : this.bound) {
			meters.used(upstream, nanos);
		}
	}

	/**
	 * Remove all meters. Harmless when repeated.
	 */
	@Override
	public void close() {
		this.events.remove(this);
		this.bound.forEach(RegistryMeters::close);
		this.bound.clear();
	}

}
