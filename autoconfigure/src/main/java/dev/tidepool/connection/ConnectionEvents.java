package dev.tidepool.connection;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What happens in the pool goes to the counters of the upstream, and to the
 * {@link ConnectionListener}s that are plugged in here.
 */
public final class ConnectionEvents {

	private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Tell a listener of what happens from now on. Harmless when repeated.
	 * @param listener who listens
	 */
	public void add(ConnectionListener listener) {
		if (!this.listeners.contains(listener)) {
			this.listeners.add(listener);
		}
	}

	public void remove(ConnectionListener listener) {
		this.listeners.remove(listener);
	}

	/**
	 * A caller got a connection.
	 * @param upstream counters of the upstream
	 * @param nanos how long it waited
	 */
	public void acquired(UpstreamStats upstream, long nanos) {
		upstream.acquired(nanos);
		for (ConnectionListener listener : this.listeners) {
			listener.acquired(upstream, nanos, true);
		}
	}

	/**
	 * A caller got no connection.
	 * @param upstream counters of the upstream
	 * @param nanos how long it waited
	 */
	public void notAcquired(UpstreamStats upstream, long nanos) {
		for (ConnectionListener listener : this.listeners) {
			listener.acquired(upstream, nanos, false);
		}
	}

	/**
	 * A caller gave its connection back.
	 * @param upstream counters of the upstream
	 * @param nanos for how long it held it
	 */
	public void used(UpstreamStats upstream, long nanos) {
		upstream.used(nanos);
		for (ConnectionListener listener : this.listeners) {
			listener.used(upstream, nanos);
		}
	}

	/**
	 * A connection was made, DNS and TLS included, or failed.
	 * @param upstream counters of the upstream
	 * @param nanos the time it took
	 * @param success whether it is established
	 */
	public void connected(UpstreamStats upstream, long nanos, boolean success) {
		for (ConnectionListener listener : this.listeners) {
			listener.connected(upstream, nanos, success);
		}
	}

	/**
	 * A sweep is over.
	 * @param now the monotonic clock
	 */
	public void swept(long now) {
		for (ConnectionListener listener : this.listeners) {
			listener.swept(now);
		}
	}

	/**
	 * A part of making a connection succeeded.
	 * @param upstream counters of the upstream
	 * @param phase the part
	 * @param nanos the time it took
	 */
	public void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
		upstream.connected(phase, nanos);
		for (ConnectionListener listener : this.listeners) {
			listener.connected(upstream, phase, nanos);
		}
	}

}
