package dev.tidepool.bounds;

/**
 * What happens to a caller of a soak meanwhile.
 */
enum SoakDisturbance {

	NONE(92),

	/**
	 * Its thread is interrupted already when it starts.
	 */
	INTERRUPTED_BEFORE(1),

	/**
	 * Its thread is interrupted.
	 */
	INTERRUPTED(4),

	/**
	 * The future that runs it is cancelled.
	 */
	CANCELLED(3);

	private final int share;

	SoakDisturbance(int share) {
		this.share = share;
	}

	int share() {
		return this.share;
	}

}
