package dev.tidepool.connection;

/**
 * The key and trust material that connections were made with, until it is replaced.
 */
public final class TlsGeneration {

	private volatile boolean replaced;

	public void replaced() {
		this.replaced = true;
	}

	boolean isReplaced() {
		return this.replaced;
	}

}
