package dev.tidepool.soak;

/**
 * How a caller takes a response.
 */
enum MixedReading implements Share {

	/**
	 * As one value, with what Spring makes of it.
	 */
	RETRIEVED(50),

	/**
	 * Piece by piece.
	 */
	STREAMED(40),

	/**
	 * The start, and no more of it.
	 */
	IN_PART(10);

	private final int share;

	MixedReading(int share) {
		this.share = share;
	}

	@Override
	public int share() {
		return this.share;
	}

}
