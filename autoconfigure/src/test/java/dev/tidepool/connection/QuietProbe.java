package dev.tidepool.connection;

/**
 * A connection on which nothing happens.
 */
public final class QuietProbe implements ConnectionProbe {

	@Override
	public ClientKind kind() {
		return ClientKind.BLOCKING;
	}

	@Override
	public Look look() {
		return Look.ALIVE;
	}

	@Override
	public boolean isQuiet() {
		return true;
	}

	@Override
	public boolean hasUnaskedBytes() {
		return false;
	}

	@Override
	public boolean isAbandoned() {
		return false;
	}

	@Override
	public void reclaim() {
	}

	@Override
	public void closeInOrder() {
	}

	@Override
	public void reset() {
	}

	@Override
	public long bytes() {
		return 0;
	}

}
