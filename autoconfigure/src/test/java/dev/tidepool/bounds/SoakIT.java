package dev.tidepool.bounds;

import org.junit.jupiter.api.Test;

/**
 * Some seconds of what the profile {@code soak} does with a million calls.
 */
class SoakIT {

	private static final int CALLS = 20_000;

	@Test
	void nothingIsLeftOfCallsThatEndedInAllWays() throws Exception {
		new Soak(Soak.seedFromProperty(), CALLS).run().assertAllIsWell();
	}

}
