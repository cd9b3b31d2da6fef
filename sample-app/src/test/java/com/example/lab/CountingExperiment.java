package com.example.lab;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * An experiment whose outcome is known, once it may end.
 *
 * @param plain what is counted for Spring Boot alone
 * @param tidepool what is counted for Tidepool
 * @param end has a permit for each side that may end
 */
record CountingExperiment(double plain, double tidepool, Semaphore end) implements Experiment {

	CountingExperiment(double plain, double tidepool) {
		this(plain, tidepool, new Semaphore(Side.values().length));
	}

	static Outcome counted(double things) {
		return new Outcome(List.of(), Map.of("IOException", 2)).with("things", things);
	}

	@Override
	public Description description() {
		return new Description("counting", "Counting", "Counts.", "things", "Some count more.");
	}

	@Override
	public Map<String, String> properties(Side side) {
		return (side == Side.PLAIN) ? Map.of("a", "b") : Map.of("c", "d");
	}

	@Override
	public Outcome run(Side side) throws InterruptedException {
		this.end.acquire();
		return counted((side == Side.PLAIN) ? this.plain : this.tidepool);
	}

}
