package com.example.lab;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * An experiment that has no outcome for plain Boot.
 *
 * @param plain what happens instead
 * @param longest how long it may take
 */
record BrokenExperiment(Callable<Outcome> plain, Duration longest) implements Experiment {

	@Override
	public Description description() {
		return new Description("broken", "Broken", "Breaks.", "things", "It is broken.");
	}

	@Override
	public Outcome run(Side side) throws Exception {
		return (side == Side.PLAIN) ? this.plain.call() : CountingExperiment.counted(1);
	}

}
