package dev.tidepool.testsupport;

/**
 * An interrupt that can come too late.
 */
public final class Interrupt {

	private final Thread thread;

	private boolean delivered;

	private boolean over;

	/**
	 * Prepare one.
	 * @param thread who is to be interrupted
	 */
	public Interrupt(Thread thread) {
		this.thread = thread;
	}

	/**
	 * Interrupt, unless what was to be interrupted is over.
	 */
	public synchronized void deliver() {
		if (!this.over) {
			this.delivered = true;
			this.thread.interrupt();
		}
	}

	/**
	 * Deliver it no more.
	 * @return whether it was delivered
	 */
	public synchronized boolean isOver() {
		this.over = true;
		return this.delivered;
	}

}
