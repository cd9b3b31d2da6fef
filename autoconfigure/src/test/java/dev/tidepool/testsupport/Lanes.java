package dev.tidepool.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Callers that each make a call, pause, and make the next, GET and POST in turn: the
 * traffic that meets an upstream's idle time-out. With a client, and so a connection, of
 * its own, the connection of a lane is idle for as long as the lane pauses.
 */
public final class Lanes {

	private final Duration shortest;

	private final Duration longest;

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger gets = new AtomicInteger();

	private final AtomicInteger posts = new AtomicInteger();

	private final AtomicInteger failedGets = new AtomicInteger();

	private final AtomicInteger failedPosts = new AtomicInteger();

	private volatile Exception lastFailure;

	private volatile boolean stopped;

	private volatile boolean finished;

	private final List<Thread> threads = new ArrayList<>();

	private Lanes(Duration shortest, Duration longest) {
		this.shortest = shortest;
		this.longest = longest;
	}

	/**
	 * Start lanes.
	 * @param lanes how many
	 * @param client what they call with
	 * @param url what they call
	 * @param shortest the shortest pause between two calls of a lane
	 * @param longest the longest pause
	 * @return the lanes, running
	 */
	public static Lanes start(int lanes, RestClient client, String url, Duration shortest, Duration longest) {
		return start(Collections.nCopies(lanes, client), url, "lane", shortest, longest);
	}

	/**
	 * Start lanes, one for each client.
	 * @param clients what they call with
	 * @param url what they call
	 * @param id the {@code X-Id} of their requests
	 * @param shortest the shortest pause between two calls of a lane
	 * @param longest the longest pause
	 * @return the lanes, running
	 */
	public static Lanes start(List<RestClient> clients, String url, String id, Duration shortest, Duration longest) {
		return start(clients.stream().<Caller>map((client) -> (method) -> call(client, method, url, id)).toList(),
				shortest, longest);
	}

	/**
	 * Start lanes, one for each caller.
	 * @param callers what makes their calls
	 * @param shortest the shortest pause between two calls of a lane
	 * @param longest the longest pause
	 * @return the lanes, running
	 */
	public static Lanes start(List<Caller> callers, Duration shortest, Duration longest) {
		Lanes started = new Lanes(shortest, longest);
		for (int i = 0; i < callers.size(); i++) {
			int first = i;
			Caller caller = callers.get(i);
			Thread thread = new Thread(() -> started.run(caller, first), "lane-" + i);
			thread.setDaemon(true);
			started.threads.add(thread);
			thread.start();
		}
		return started;
	}

	private static void call(RestClient client, HttpMethod method, String url, String id) {
		RestClient.RequestBodySpec request = client.method(method).uri(url).header("X-Id", id);
		if (method == HttpMethod.POST) {
			request.body("body");
		}
		request.retrieve().toBodilessEntity();
	}

	private void run(Caller caller, int first) {
		try {
			for (int i = first; !this.stopped && !this.finished; i++) {
				call(caller, (i % 2 == 0) ? HttpMethod.GET : HttpMethod.POST);
				TimeUnit.NANOSECONDS
					.sleep(ThreadLocalRandom.current().nextLong(this.shortest.toNanos(), this.longest.toNanos() + 1));
			}
		}
		catch (InterruptedException ex) {
			// Stopped
		}
	}

	private void call(Caller caller, HttpMethod method) {
		((method == HttpMethod.GET) ? this.gets : this.posts).incrementAndGet();
		try {
			caller.call(method);
			this.calls.incrementAndGet();
		}
		catch (Exception ex) {
			if (!this.stopped) {
				((method == HttpMethod.GET) ? this.failedGets : this.failedPosts).incrementAndGet();
				this.lastFailure = ex;
			}
		}
	}

	/**
	 * Calls that were answered.
	 */
	public int calls() {
		return this.calls.get();
	}

	/**
	 * GETs that were begun.
	 */
	public int gets() {
		return this.gets.get();
	}

	/**
	 * POSTs that were begun.
	 */
	public int posts() {
		return this.posts.get();
	}

	public int failedGets() {
		return this.failedGets.get();
	}

	public int failedPosts() {
		return this.failedPosts.get();
	}

	/**
	 * The failure that came last, to show in a message.
	 */
	public Exception lastFailure() {
		return this.lastFailure;
	}

	/**
	 * End all lanes, and wait until none calls any more.
	 */
	public void stop() throws InterruptedException {
		this.stopped = true;
		for (Thread thread : this.threads) {
			thread.interrupt();
			thread.join(TimeUnit.SECONDS.toMillis(10));
		}
	}

	/**
	 * Let all lanes end their calls, and wait until none calls any more.
	 */
	public void finish() throws InterruptedException {
		this.finished = true;
		for (Thread thread : this.threads) {
			thread.join(TimeUnit.SECONDS.toMillis(30));
		}
	}

	/**
	 * Makes the calls of a lane.
	 */
	@FunctionalInterface
	public interface Caller {

		/**
		 * Make a call.
		 * @param method its method
		 * @throws Exception if it failed
		 */
		void call(HttpMethod method) throws Exception;

	}

}
