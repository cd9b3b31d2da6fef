package dev.tidepool.connection;

/**
 * Where a {@link ConnectionListener} is plugged in.
 */
public final class ConnectionEvents {

	private volatile ConnectionListener listener = ConnectionListener.NONE;

	public ConnectionListener listener() {
		return this.listener;
	}

	public void listener(ConnectionListener listener) {
		this.listener = listener;
	}

}
