package dev.tidepool.soak;

import java.time.Duration;

import org.junit.jupiter.api.Test;

/**
 * Mixed traffic, by hand and for five minutes in each run of {@code .ci/run}.
 */
class MixedLong {

	private static final int RATE = 150;

	@Test
	void nothingIsLostInMixedTraffic() throws Exception {
		Duration duration = Duration.parse(System.getProperty("tidepool.soak.duration", "PT1H"));
		MixedResult result = new MixedSoak(Long.getLong(MixedSoak.SEED, System.nanoTime()), duration,
				Integer.getInteger("tidepool.soak.rate", RATE))
			.run();
		System.out.println(result);
		result.assertAllIsWell();
	}

}
