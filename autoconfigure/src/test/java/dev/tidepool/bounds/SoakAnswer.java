package dev.tidepool.bounds;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the upstream of a soak does with a request.
 */
enum SoakAnswer {

	WHOLE(400, SoakReply::whole),

	IN_PIECES(80, SoakReply::inPieces),

	CHUNKED(120, SoakReply::chunked),

	NO_CONTENT(30, SoakReply::noContent),

	/**
	 * A body that ends with the connection.
	 */
	TO_THE_END(15, SoakReply::toTheEnd),

	CONNECTION_CLOSE(30, SoakReply::connectionClose),

	/**
	 * One MiB.
	 */
	LARGE(20, SoakReply::inPieces),

	STALLS_BEFORE_HEAD(8, SoakReply::stallsBeforeHead),

	STALLS_IN_HEAD(8, SoakReply::stallsInHead),

	STALLS_IN_BODY(8, SoakReply::stallsInBody),

	DRIPS_HEAD(6, SoakReply::dripsHead),

	DRIPS_BODY(6, SoakReply::dripsBody),

	RESETS(12, SoakReply::resets),

	RESETS_IN_BODY(12, SoakReply::resetsInBody),

	/**
	 * Closes before the end of a body of known length.
	 */
	TRUNCATES(12, SoakReply::truncates),

	/**
	 * Closes within a chunk, or before the last one.
	 */
	TRUNCATES_CHUNKS(12, SoakReply::truncatesChunks),

	/**
	 * Closes instead of answering.
	 */
	CLOSES_SILENTLY(15, SoakReply::closesSilently),

	/**
	 * Closes right after a response that leaves the connection open.
	 */
	RACES(40, SoakReply::races),

	/**
	 * Says more than was asked for.
	 */
	SAYS_MORE(12, SoakReply::saysMore),

	BUSY(15, SoakReply::busy),

	BUSY_FOR_LONG(6, SoakReply::busyForLong),

	REDIRECTS_TO_GET(12, SoakReply::redirectsToGet),

	REDIRECTS_WITH_BODY(12, SoakReply::redirectsWithBody);

	private static final Set<SoakAnswer> LOSING = EnumSet.of(RESETS, RESETS_IN_BODY, CLOSES_SILENTLY);

	private static final Set<SoakAnswer> BREAKING = EnumSet.of(RESETS_IN_BODY, TRUNCATES, TRUNCATES_CHUNKS);

	private static final Set<SoakAnswer> UNAVAILABLE = EnumSet.of(BUSY, BUSY_FOR_LONG);

	private final int share;

	private final Script script;

	SoakAnswer(int share, Script script) {
		this.share = share;
		this.script = script;
	}

	int share() {
		return this.share;
	}

	void give(SoakReply reply) throws Exception {
		this.script.run(reply);
	}

	boolean isLarge() {
		return this == LARGE;
	}

	boolean losesConnection() {
		return LOSING.contains(this);
	}

	boolean breaksBody() {
		return BREAKING.contains(this);
	}

	boolean isUnavailable() {
		return UNAVAILABLE.contains(this);
	}

	boolean redirects() {
		return this == REDIRECTS_TO_GET || this == REDIRECTS_WITH_BODY;
	}

	private interface Script {

		void run(SoakReply reply) throws Exception;

	}

}
