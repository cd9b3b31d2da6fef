package dev.tidepool.policy;

import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * How many requests those connections had served that were closed without having been
 * idle, as evidence of a limit of the upstream. State in, state out.
 * <p>
 * An upstream with a limit closes after exactly so many requests, each time, and never
 * serves one more. One that closes at random does so at several counts, and connections
 * live on beyond each of them. So the evidence is a run of closes at one count, so long
 * that chance does not make it: closes at a count of {@code n} are the
 * {@code 1 / (e n)}th part of all at most, whatever the rate at which they happen. Closes
 * at other counts ask for a longer run, and connections that were sent more requests
 * refute it. Even so a run may deceive: what was learned is tried out now and then, and
 * given up when a connection was served beyond.
 *
 * @param requests the count at which the latest of them were closed, one after the other
 * @param length how many connections, those that were closed at once counting as one
 * @param latest when the latest of them was found closed
 * @param doubt how many more closes than the usual number a run takes, for the closes at
 * other counts that came before
 */
record RequestCounts(int requests, int length, long latest, int doubt) {

	static final RequestCounts NONE = new RequestCounts(0, 0, 0, 0);

	static final int MOST_DOUBT = 20;

	/**
	 * Connections that a restart closes end within this time, so that together they count
	 * as one.
	 */
	private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(25);

	RequestCounts with(PeerClose close, long now) {
		if (close.requests() != this.requests) {
			return new RequestCounts(close.requests(), 1, now, moreDoubt());
		}
		long seenAlive = now - (close.idleAtMost() - close.idleAtLeast());
		return (seenAlive - this.latest >= AT_ONCE)
				? new RequestCounts(this.requests, this.length + 1, now, Math.max(0, this.doubt - 1)) : this;
	}

	private int moreDoubt() {
		return (this.requests > 0) ? Math.min(MOST_DOUBT, this.doubt + 1) : this.doubt;
	}

	/**
	 * What is left of it once a connection was sent another request after the one that
	 * would be beyond the limit, which therefore was served.
	 * @return without a run
	 */
	RequestCounts refuted() {
		return new RequestCounts(0, 0, 0, moreDoubt());
	}

	/**
	 * What is left of it once it has proved wrong after all.
	 * @return without a run, and harder to convince
	 */
	RequestCounts disproved() {
		return new RequestCounts(0, 0, 0, MOST_DOUBT);
	}

	/**
	 * Whether this is more than chance. A single request takes the longest run, since an
	 * upstream that closes every other connection at random closes half of them then.
	 */
	boolean isNoChance() {
		int enough = (this.requests == 1) ? 20 : (this.requests < 5) ? 10 : (this.requests < 40) ? 5 : 3;
		return this.length >= enough + this.doubt;
	}

	boolean isRefuted(IntUnaryOperator sentMoreThan) {
		return sentMoreThan.applyAsInt(this.requests + 1) > 0;
	}

	/**
	 * Whether the closes outweigh the connections that have been sent the first request
	 * beyond, of which it is not known yet whether it is lost. Callers that came together
	 * all meet the same count at the same time, whatever it is.
	 */
	boolean outweighs(IntUnaryOperator sentMoreThan) {
		return this.length >= 2 * sentMoreThan.applyAsInt(this.requests);
	}

}
