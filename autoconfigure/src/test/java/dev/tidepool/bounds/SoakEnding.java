package dev.tidepool.bounds;

/**
 * What the caller of a soak does with its response.
 */
enum SoakEnding {

	/**
	 * Has it converted.
	 */
	RETRIEVED(380),

	/**
	 * Reads it to its end.
	 */
	READ(300),

	UNREAD(110),

	HALF_READ(110),

	/**
	 * Fails in its own code, half-way through the body.
	 */
	EXTRACTOR_FAILS(40),

	/**
	 * Has it converted by something that fails half-way.
	 */
	CONVERTER_FAILS(30),

	/**
	 * Leaves it to another thread to close it, half-read.
	 */
	CLOSED_ELSEWHERE(29),

	/**
	 * Never closes it.
	 */
	DROPPED(1);

	private final int share;

	SoakEnding(int share) {
		this.share = share;
	}

	int share() {
		return this.share;
	}

	/**
	 * Whether the caller sees the end of the body, so that it has to learn if there is
	 * none.
	 */
	boolean seesTheEnd() {
		return this == RETRIEVED || this == READ;
	}

	boolean fails() {
		return this == EXTRACTOR_FAILS || this == CONVERTER_FAILS;
	}

}
