package dev.tidepool.connection;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What happens in the pool goes to the counters of the upstream, and to the
 * {@link ConnectionListener}s that are plugged in here.
 */
public final class ConnectionEvents {

	private static final Log logger = LogFactory.getLog(ConnectionEvents.class);

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
			try {
				listener.acquired(upstream, nanos, true);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
		}
	}

	/**
	 * A caller got no connection.
	 * @param upstream counters of the upstream
	 * @param nanos how long it waited
	 */
	public void notAcquired(UpstreamStats upstream, long nanos) {
		for (ConnectionListener listener : this.listeners) {
			try {
				listener.acquired(upstream, nanos, false);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
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
			try {
				listener.used(upstream, nanos);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
		}
	}

	/**
	 * An attempt gave nothing that could be handed over, and another one follows.
	 * @param upstream counters of the upstream
	 * @param failed the attempt
	 * @param attributes what the request was given beside it
	 */
	public void repeats(UpstreamStats upstream, FailedAttempt failed, Map<String, ?> attributes) {
		for (ConnectionListener listener : this.listeners) {
			try {
				listener.repeats(upstream, failed, attributes);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
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
			try {
				listener.connected(upstream, nanos, success);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
		}
	}

	/**
	 * A sweep is over.
	 * @param now the monotonic clock
	 */
	public void swept(long now) {
		for (ConnectionListener listener : this.listeners) {
			try {
				listener.swept(now);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
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
			try {
				listener.connected(upstream, phase, nanos);
			}
			catch (RuntimeException ex) {
				failed(listener, ex);
			}
		}
	}

	// A meter that fails is no reason for a call to
	private static void failed(ConnectionListener listener, RuntimeException ex) {
		logger.warn("%s could not take in what happened to a connection".formatted(listener), ex);
	}

}
