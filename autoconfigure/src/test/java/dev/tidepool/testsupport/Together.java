package dev.tidepool.testsupport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Scenarios that mostly wait, run at the same time.
 *
 * @param <K> what a scenario is found by
 * @param <R> what it gives
 */
public final class Together<K, R> {

	private final Map<K, Future<R>> results = new LinkedHashMap<>();

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "scenario");
		thread.setDaemon(true);
		return thread;
	});

	public void start(K key, Callable<R> scenario) {
		this.results.put(key, this.threads.submit(scenario));
	}

	public R result(K key) throws Exception {
		try {
			return this.results.get(key).get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Exception cause) {
				throw cause;
			}
			throw (Error) ex.getCause();
		}
	}

	public List<R> results() throws Exception {
		List<R> results = new ArrayList<>();
		for (K key : this.results.keySet()) {
			results.add(result(key));
		}
		return results;
	}

}
