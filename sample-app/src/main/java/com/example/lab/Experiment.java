package com.example.lab;

import java.time.Duration;
import java.util.Map;

/**
 * A failure that can be had with one side as with the other.
 */
interface Experiment {

	/**
	 * What it is about.
	 * @return the same for both sides
	 */
	Description description();

	/**
	 * What a team would write into its {@code application.properties} for it.
	 * @param side for which side
	 * @return nothing, unless there is something to set
	 */
	default Map<String, String> properties(Side side) {
		return Map.of();
	}

	/**
	 * On what its upstreams run.
	 * @return the same for both sides
	 */
	default String upstream() {
		return Upstreams.IN_PROCESS;
	}

	/**
	 * How long it may take. If it is not over then, it has failed.
	 */
	default Duration longest() {
		return Duration.ofMinutes(1);
	}

	/**
	 * Have the failure, on upstreams of its own. Both sides are run at the same time.
	 * @param side with which clients
	 * @return what was counted, under the same names and in the same order for each side
	 * @throws Exception if it could not be run, which is no result
	 */
	Outcome run(Side side) throws Exception;

	/**
	 * An experiment in words.
	 *
	 * @param name its name in the JSON
	 * @param title its name for people
	 * @param shows what is done
	 * @param headline the measure that tells most, of which less is better
	 * @param why which behaviour or property makes the difference
	 */
	record Description(String name, String title, String shows, String headline, String why) {
	}

}
