package dev.tidepool.soak;

import java.util.SplittableRandom;

/**
 * One of several things that is drawn more often than others.
 */
interface Share {

	/**
	 * How often, in proportion to the others.
	 */
	int share();

	static <T extends Share> T draw(SplittableRandom random, T[] choices) {
		int all = 0;
		for (T choice : choices) {
			all += choice.share();
		}
		int left = random.nextInt(all);
		for (T choice : choices) {
			left -= choice.share();
			if (left < 0) {
				return choice;
			}
		}
		throw new AssertionError();
	}

}
