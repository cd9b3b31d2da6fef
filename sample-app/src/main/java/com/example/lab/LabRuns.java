package com.example.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;

import com.example.lab.Experiment.Description;

/**
 * Runs the lab in an application that does something else meanwhile, one run at a time,
 * and remembers the last one.
 */
final class LabRuns implements DisposableBean {

	private static final Log logger = LogFactory.getLog(LabRuns.class);

	private static final long LONGEST_END_MILLIS = 5000;

	private final Function<Upstreams, List<Experiment>> experiments;

	private volatile State state = State.NOT_RUN;

	private volatile @Nullable Thread thread;

	/**
	 * Create it.
	 * @param experiments makes those that are run, with what starts their upstreams
	 */
	LabRuns(Function<Upstreams, List<Experiment>> experiments) {
		this.experiments = experiments;
	}

	/**
	 * Start a run.
	 * @return whether it was started, which it is not while another one runs
	 */
	synchronized boolean start() {
		if (this.state.running()) {
			return false;
		}
		Thread thread = new Thread(this::run, "lab");
		thread.setDaemon(true);
		thread.start();
		this.thread = thread;
		this.state = new State(true, "Starting", null, null, List.of());
		return true;
	}

	State state() {
		return this.state;
	}

	private void run() {
		String failure = "An error: see the console";
		try {
			Upstreams upstreams = Upstreams.ofThisMachine();
			logger.info(upstreams.why());
			Setup setup = Setup.of(upstreams);
			update((state) -> new State(true, state.progress(), null, setup, List.of()));
			Runner.run(this.experiments.apply(upstreams), new Updates());
			failure = null;
		}
		catch (Exception ex) {
			logger.warn("The lab could not be run to its end", ex);
			failure = String.valueOf(ex.getMessage());
		}
		finally {
			ended(failure);
		}
	}

	private void ended(@Nullable String failure) {
		update((state) -> new State(false, (failure != null) ? "Failed" : "Done", failure, state.setup(),
				state.comparisons()));
	}

	private synchronized void update(UnaryOperator<State> change) {
		this.state = change.apply(this.state);
	}

	@Override
	public void destroy() throws InterruptedException {
		Thread thread = this.thread;
		if (thread != null) {
			thread.interrupt();
			thread.join(LONGEST_END_MILLIS);
		}
	}

	/**
	 * How far a run is.
	 *
	 * @param running whether it goes on
	 * @param progress what it does
	 * @param failure why it ended early
	 * @param setup what is compared
	 * @param comparisons what came of it so far
	 */
	record State(boolean running, String progress, @Nullable String failure, @Nullable Setup setup,
			List<Comparison> comparisons) {

		static final State NOT_RUN = new State(false, "Not run yet", null, null, List.of());

		State with(Comparison comparison) {
			List<Comparison> all = new ArrayList<>(this.comparisons);
			all.add(comparison);
			return new State(this.running, this.progress, this.failure, this.setup, List.copyOf(all));
		}

	}

	private final class Updates implements Runner.Progress {

		@Override
		public void began(int number, int of, Description description) {
			String progress = "%d of %d: %s".formatted(number, of, description.title());
			logger.info("The lab runs " + progress);
			update((state) -> new State(true, progress, null, state.setup(), state.comparisons()));
		}

		@Override
		public void ended(Comparison comparison) {
			update((state) -> state.with(comparison));
		}

	}

}
