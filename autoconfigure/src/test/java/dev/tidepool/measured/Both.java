package dev.tidepool.measured;

/**
 * What one scenario brought with plain Boot and with Tidepool.
 *
 * @param <T> the type of the result
 * @param plainBoot with plain Boot
 * @param tidepool with Tidepool
 */
record Both<T>(T plainBoot, T tidepool) {

	/**
	 * Run a scenario with each, one after the other.
	 */
	static <T> Both<T> of(Scenario<T> scenario) throws Exception {
		T plainBoot = scenario.run(Client.PLAIN_BOOT);
		return new Both<>(plainBoot, scenario.run(Client.TIDEPOOL));
	}

	@FunctionalInterface
	interface Scenario<T> {

		T run(Client client) throws Exception;

	}

}
