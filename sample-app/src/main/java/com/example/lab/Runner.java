package com.example.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs experiments one after the other, each with both sides at the same time.
 */
final class Runner {

	private Runner() {
	}

	/**
	 * Run experiments, up to one that fails.
	 * @param experiments which
	 * @param progress is told how far it is
	 * @throws InterruptedException if this thread is interrupted, which ends them
	 * @throws IllegalStateException if one fails, which its message names
	 */
	static void run(List<Experiment> experiments, Progress progress) throws InterruptedException {
		for (int i = 0; i < experiments.size(); i++) {
			progress.began(i + 1, experiments.size(), experiments.get(i).description());
			progress.ended(compare(experiments.get(i)));
		}
	}

	static Comparison compare(Experiment experiment) throws InterruptedException {
		ExecutorService threads = Daemons.fixed(2);
		try {
			List<Callable<Outcome>> sides = new ArrayList<>();
			for (Side side : Side.values()) {
				sides.add(() -> experiment.run(side));
			}
			List<Future<Outcome>> outcomes = threads.invokeAll(sides, experiment.longest().toMillis(),
					TimeUnit.MILLISECONDS);
			return Comparison.of(experiment, outcomes.get(0).get(), outcomes.get(1).get());
		}
		catch (CancellationException ex) {
			throw new IllegalStateException("'%s' was not over after %d ms".formatted(experiment.description().title(),
					experiment.longest().toMillis()), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(
					"'%s' failed: %s".formatted(experiment.description().title(), ex.getCause()), ex.getCause());
		}
		finally {
			threads.shutdownNow();
		}
	}

	/**
	 * Is told how far the experiments are.
	 */
	interface Progress {

		void began(int number, int of, Experiment.Description description);

		void ended(Comparison comparison);

	}

}
