package dev.tidepool.connection;

/**
 * What happens in the pool goes to the counters of the upstream, and to the
 * {@link ConnectionListener} that is plugged in here.
 */
public final class ConnectionEvents {

	private volatile ConnectionListener listener = ConnectionListener.NONE;

	public void listener(ConnectionListener listener) {
		this.listener = listener;
	}

	/**
	 * A caller got a connection.
	 * @param upstream counters of the upstream
	 * @param nanos how long it waited
	 */
	public void acquired(UpstreamStats upstream, long nanos) {
		upstream.acquired(nanos);
		this.listener.acquired(upstream, nanos, true);
	}

	/**
	 * A caller got no connection.
	 * @param upstream counters of the upstream
	 * @param nanos how long it waited
	 */
	public void notAcquired(UpstreamStats upstream, long nanos) {
		this.listener.acquired(upstream, nanos, false);
	}

	/**
	 * A caller gave its connection back.
	 * @param upstream counters of the upstream
	 * @param nanos for how long it held it
	 */
	public void used(UpstreamStats upstream, long nanos) {
		upstream.used(nanos);
		this.listener.used(upstream, nanos);
	}

	/**
	 * A connection was made, DNS and TLS included, or failed.
	 * @param upstream counters of the upstream
	 * @param nanos the time it took
	 * @param success whether it is established
	 */
	public void connected(UpstreamStats upstream, long nanos, boolean success) {
		this.listener.connected(upstream, nanos, success);
	}

	/**
	 * A part of making a connection succeeded.
	 * @param upstream counters of the upstream
	 * @param phase the part
	 * @param nanos the time it took
	 */
	public void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
		upstream.connected(phase, nanos);
		this.listener.connected(upstream, phase, nanos);
	}

}
