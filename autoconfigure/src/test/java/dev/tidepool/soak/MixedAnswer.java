package dev.tidepool.soak;

import java.util.EnumSet;
import java.util.Set;

/**
 * What an upstream does with a request.
 */
enum MixedAnswer implements Share {

	WHOLE(400, MixedReply::whole),

	CHUNKED(160, MixedReply::chunked),

	/**
	 * With pauses, all in all short.
	 */
	IN_PIECES(60, MixedReply::inPieces),

	NO_CONTENT(20, MixedReply::noContent),

	CONNECTION_CLOSE(20, MixedReply::connectionClose),

	/**
	 * Closes right after a response that leaves the connection open.
	 */
	CLOSES_AFTER(20, MixedReply::closesAfter),

	BUSY(25, MixedReply::busy),

	/**
	 * And will be for longer than anybody waits.
	 */
	BUSY_FOR_LONG(8, MixedReply::busyForLong),

	REDIRECTS_TO_GET(15, MixedReply::redirectsToGet),

	REDIRECTS_WITH_BODY(15, MixedReply::redirectsWithBody),

	STALLS_BEFORE_HEAD(6, MixedReply::stallsBeforeHead),

	STALLS_IN_BODY(6, MixedReply::stallsInBody),

	DRIPS_HEAD(4, MixedReply::dripsHead),

	/**
	 * For longer than a call may take, never silent for long.
	 */
	DRIPS_BODY(4, MixedReply::dripsBody),

	RESETS(12, MixedReply::resets),

	/**
	 * With the request read in part.
	 */
	RESETS_IN_REQUEST(12, MixedReply::resets),

	RESETS_IN_BODY(12, MixedReply::resetsInBody),

	/**
	 * Closes before the end of a body of known length.
	 */
	TRUNCATES(12, MixedReply::truncates),

	TRUNCATES_CHUNKS(12, MixedReply::truncatesChunks),

	/**
	 * Closes instead of answering.
	 */
	CLOSES_SILENTLY(12, MixedReply::closesSilently),

	MALFORMED(20, MixedReply::malformed);

	private static final Set<MixedAnswer> LOSING = EnumSet.of(RESETS, RESETS_IN_REQUEST, RESETS_IN_BODY,
			CLOSES_SILENTLY);

	private static final Set<MixedAnswer> BREAKING = EnumSet.of(RESETS_IN_BODY, TRUNCATES, TRUNCATES_CHUNKS);

	private static final Set<MixedAnswer> SLOW = EnumSet.of(STALLS_BEFORE_HEAD, STALLS_IN_BODY, DRIPS_HEAD, DRIPS_BODY);

	private final int share;

	private final Script script;

	MixedAnswer(int share, Script script) {
		this.share = share;
		this.script = script;
	}

	void give(MixedReply reply) throws Exception {
		this.script.run(reply);
	}

	@Override
	public int share() {
		return this.share;
	}

	boolean losesConnection() {
		return LOSING.contains(this);
	}

	boolean breaksBody() {
		return BREAKING.contains(this);
	}

	boolean isSlow() {
		return SLOW.contains(this);
	}

	boolean isUnavailable() {
		return this == BUSY || this == BUSY_FOR_LONG;
	}

	boolean redirects() {
		return this == REDIRECTS_TO_GET || this == REDIRECTS_WITH_BODY;
	}

	private interface Script {

		void run(MixedReply reply) throws Exception;

	}

}
