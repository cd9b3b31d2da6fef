package dev.tidepool.bounds;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;

import dev.tidepool.measured.Client;
import dev.tidepool.measured.MeasuredApplication;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * What calls after five get whose responses are never closed, from a pool of five.
 */
final class BoundsUnclosed {

	/**
	 * More than passes between two sweeps, which take back what was collected.
	 */
	static final Duration ACQUIRE_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * How long a call may wait before it is taken for one that waits for ever.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(5);

	// What HttpClient has by default
	private static final int MAX = 5;

	private BoundsUnclosed() {
	}

	static Result run(Client client) throws Exception {
		return run(client, ACQUIRE_TIMEOUT, PATIENCE);
	}

	static Result run(Client client, Duration acquireTimeout, Duration patience) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "x".repeat(1000)));
				MeasuredApplication application = MeasuredApplication.start(client,
						"tidepool.pool.max-per-upstream=" + MAX,
						"tidepool.pool.acquire-timeout=" + acquireTimeout.toMillis() + "ms")) {
			ClientHttpRequestFactory factory = application.requestFactory();
			// On the same pool with plain Boot, too
			RestClient caller = RestClient.builder().requestFactory(factory).build();
			Outcome sixth = sixth(factory, caller, server, patience);
			System.gc();
			Outcome next = call(caller, server, patience);
			return new Result(sixth, next, server.requests());
		}
	}

	private static Outcome sixth(ClientHttpRequestFactory factory, RestClient caller, ScriptedServer server,
			Duration patience) throws Exception {
		List<ClientHttpResponse> unclosed = new ArrayList<>();
		for (int i = 0; i < MAX; i++) {
			unclosed.add(factory.createRequest(server.uri("/unclosed"), HttpMethod.GET).execute());
		}
		Outcome outcome = call(caller, server, patience);
		Reference.reachabilityFence(unclosed);
		return outcome;
	}

	private static Outcome call(RestClient caller, ScriptedServer server, Duration patience)
			throws InterruptedException {
		Callable<Object> call = () -> caller.get().uri(server.url()).retrieve().toBodilessEntity();
		FutureTask<Object> task = new FutureTask<>(call);
		Thread thread = new Thread(task, "bounds-caller");
		thread.setDaemon(true);
		long start = System.nanoTime();
		thread.start();
		boolean ended = true;
		String failure = null;
		try {
			task.get(patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			failure = ex.getCause().getMessage();
		}
		catch (TimeoutException ex) {
			task.cancel(true);
			ended = false;
			failure = "still waiting";
		}
		return new Outcome(Duration.ofNanos(System.nanoTime() - start), ended, failure);
	}

	/**
	 * How a call ended.
	 *
	 * @param elapsed when it ended
	 * @param endedByItself whether it was not stopped
	 * @param failure the message of its exception, or {@code null}
	 */
	record Outcome(Duration elapsed, boolean endedByItself, String failure) {

		boolean succeeded() {
			return this.failure == null;
		}

	}

	/**
	 * What became of the calls.
	 *
	 * @param sixth the one after five that are not closed
	 * @param next the one after a garbage collection
	 * @param requests what the upstream saw
	 */
	record Result(Outcome sixth, Outcome next, int requests) {
	}

}
