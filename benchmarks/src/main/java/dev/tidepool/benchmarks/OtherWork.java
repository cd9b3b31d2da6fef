package dev.tidepool.benchmarks;

import java.time.Duration;

/**
 * How busy others keep the machine while something is measured: on average over looks at
 * it, each while nothing of ours runs.
 */
final class OtherWork {

	private static final Duration LOOK = Duration.ofSeconds(1);

	private final Machine machine;

	private double sum;

	private int looks;

	OtherWork(Machine machine) {
		this.machine = machine;
	}

	void look() throws InterruptedException {
		this.sum += this.machine.load(LOOK);
		this.looks++;
	}

	/**
	 * What they take of the machine.
	 * @return a share of all cores, from 0 to 1
	 */
	double share() {
		return this.sum / this.looks;
	}

}
