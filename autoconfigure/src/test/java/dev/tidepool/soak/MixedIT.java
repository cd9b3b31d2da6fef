package dev.tidepool.soak;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Minutes of mixed traffic; the profile {@code soak-mixed} makes it an hour.
 */
@Tag("soak")
class MixedIT {

	private static final int RATE = 150;

	@Test
	void nothingIsLostInMixedTraffic() throws Exception {
		Duration duration = Duration.parse(System.getProperty("tidepool.soak.duration", "PT5M"));
		MixedResult result = new MixedSoak(Long.getLong(MixedSoak.SEED, System.nanoTime()), duration,
				Integer.getInteger("tidepool.soak.rate", RATE))
			.run();
		System.out.println(result);
		result.assertAllIsWell();
	}

}
