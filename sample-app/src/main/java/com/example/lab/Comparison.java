package com.example.lab;

import java.util.Map;

import com.example.lab.Experiment.Description;

/**
 * An experiment with what both sides made of it.
 *
 * @param description what it is about
 * @param upstream on what its upstreams ran
 * @param plainProperties what was set for Spring Boot's own client
 * @param plain what was counted with it
 * @param tidepoolProperties what was set for Tidepool
 * @param tidepool what was counted with it
 * @param better who did better
 */
record Comparison(Description description, String upstream, Map<String, String> plainProperties, Outcome plain,
		Map<String, String> tidepoolProperties, Outcome tidepool, Better better) {

	static Comparison of(Experiment experiment, Outcome plain, Outcome tidepool) {
		String headline = experiment.description().headline();
		return new Comparison(experiment.description(), experiment.upstream(), experiment.properties(Side.PLAIN), plain,
				experiment.properties(Side.TIDEPOOL), tidepool,
				Better.of(plain.value(headline), tidepool.value(headline)));
	}

	/**
	 * Who did better in what the experiment is about.
	 */
	enum Better {

		PLAIN, NEITHER, TIDEPOOL;

		private static final double CLEARLY = 0.8;

		/**
		 * Decide. What differs by less than a fifth may be chance.
		 * @param plain how much there was with Spring Boot's own client, less being
		 * better
		 * @param tidepool how much there was with Tidepool
		 */
		static Better of(double plain, double tidepool) {
			if (tidepool < plain * CLEARLY) {
				return TIDEPOOL;
			}
			return (plain < tidepool * CLEARLY) ? PLAIN : NEITHER;
		}

	}

}
