package dev.tidepool.bounds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

import dev.tidepool.measured.Callers;
import dev.tidepool.measured.Client;
import dev.tidepool.measured.MeasuredApplication;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * What callers that wait for a connection to one upstream cost those of another.
 */
final class BoundsPending {

	// What HttpClient has by default
	static final int MAX = 5;

	private static final int CALLERS = 4;

	private static final int STACK_SIZE = 256 * 1024;

	private static final Duration LONG = Duration.ofMinutes(10);

	private BoundsPending() {
	}

	/**
	 * Call an upstream, in turn without others and with a crowd that waits for another
	 * upstream, which does not answer.
	 * @param crowd how many wait
	 * @param rounds how often
	 * @param duration for how long each time
	 * @return what became of the calls
	 */
	static Result run(Client client, int crowd, int rounds, Duration duration) throws Exception {
		try (ScriptedServer fine = ScriptedServer.start((exchange) -> exchange.respond(200, "fine")).withoutLog();
				ScriptedServer stuck = ScriptedServer.start((exchange) -> exchange.stall(LONG));
				MeasuredApplication application = MeasuredApplication.start(client,
						"tidepool.pool.max-per-upstream=" + MAX, "tidepool.pool.max-pending=" + crowd,
						"tidepool.pool.acquire-timeout=10m", "tidepool.timeout.response=10m")) {
			RestClient caller = application.restClient();
			List<Double> alone = new ArrayList<>();
			List<Double> crowded = new ArrayList<>();
			perSecond(caller, fine, duration);
			int admitted = 0;
			for (int i = 0; i < rounds; i++) {
				alone.add(perSecond(caller, fine, duration));
				int before = stuck.requests();
				List<Thread> threads = gather(crowd, caller, stuck);
				crowded.add(perSecond(caller, fine, duration));
				// Not after they are dispersed: then places become free
				admitted = Math.max(admitted, stuck.requests() - before);
				disperse(threads, stuck);
			}
			return new Result(median(alone), median(crowded), admitted);
		}
	}

	private static double perSecond(RestClient caller, ScriptedServer fine, Duration duration) throws Exception {
		Callers.Outcome outcome = Callers.run(CALLERS, Integer.MAX_VALUE, duration,
				(number) -> caller.get().uri(fine.url()).retrieve().body(String.class));
		if (outcome.failures() > 0) {
			throw new IllegalStateException("Not even alone", outcome.firstFailure());
		}
		return outcome.perSecond();
	}

	private static List<Thread> gather(int crowd, RestClient caller, ScriptedServer stuck) {
		List<Thread> threads = IntStream.range(0, crowd)
			.mapToObj((i) -> new Thread(null, () -> call(caller, stuck), "bounds-crowd", STACK_SIZE))
			.toList();
		threads.forEach((thread) -> {
			thread.setDaemon(true);
			thread.start();
		});
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> threads.stream().filter(BoundsPending::waits).count() >= crowd - MAX);
		return threads;
	}

	private static boolean waits(Thread thread) {
		return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
	}

	private static void disperse(List<Thread> threads, ScriptedServer stuck) {
		threads.forEach(Thread::interrupt);
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			// Reads of plain sockets cannot be interrupted, and a waiter may yet get one
			stuck.closeConnections();
			return threads.stream().noneMatch(Thread::isAlive);
		});
	}

	private static void call(RestClient caller, ScriptedServer stuck) {
		try {
			caller.post().uri(stuck.url()).retrieve().toBodilessEntity();
		}
		catch (RestClientException ex) {
			// Interrupted, or cut off
		}
	}

	private static double median(List<Double> rates) {
		return rates.stream().sorted().skip(rates.size() / 2).findFirst().orElseThrow();
	}

	/**
	 * What became of the calls of the other upstream.
	 *
	 * @param alone calls a second without a crowd
	 * @param crowded calls a second with it
	 * @param admitted the most requests that the stuck upstream saw from the crowd
	 */
	record Result(double alone, double crowded, int admitted) {

		double cost() {
			return 1 - this.crowded / this.alone;
		}

	}

}
