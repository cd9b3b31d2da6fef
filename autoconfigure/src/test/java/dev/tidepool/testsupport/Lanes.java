package dev.tidepool.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

/**
 * Callers that each make a call, pause, and make the next, GET and POST in turn: the
 * traffic that meets an upstream's idle time-out.
 */
public final class Lanes {

	private final RestClient client;

	private final String url;

	private final Duration shortest;

	private final Duration longest;

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger failedGets = new AtomicInteger();

	private final AtomicInteger failedPosts = new AtomicInteger();

	private volatile Exception lastFailure;

	private volatile boolean stopped;

	private final List<Thread> threads = new ArrayList<>();

	private Lanes(RestClient client, String url, Duration shortest, Duration longest) {
		this.client = client;
		this.url = url;
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
		Lanes started = new Lanes(client, url, shortest, longest);
		for (int i = 0; i < lanes; i++) {
			int first = i;
			Thread thread = new Thread(() -> started.run(first), "lane-" + i);
			thread.setDaemon(true);
			started.threads.add(thread);
			thread.start();
		}
		return started;
	}

	private void run(int first) {
		try {
			for (int i = first; !this.stopped; i++) {
				call((i % 2 == 0) ? HttpMethod.GET : HttpMethod.POST);
				TimeUnit.NANOSECONDS
					.sleep(ThreadLocalRandom.current().nextLong(this.shortest.toNanos(), this.longest.toNanos() + 1));
			}
		}
		catch (InterruptedException ex) {
			// Stopped
		}
	}

	private void call(HttpMethod method) {
		try {
			RestClient.RequestBodySpec request = this.client.method(method).uri(this.url);
			if (method == HttpMethod.POST) {
				request.body("body");
			}
			request.retrieve().toBodilessEntity();
			this.calls.incrementAndGet();
		}
		catch (Exception ex) {
			if (!this.stopped) {
				((method == HttpMethod.GET) ? this.failedGets : this.failedPosts).incrementAndGet();
				this.lastFailure = ex;
			}
		}
	}

	public int calls() {
		return this.calls.get();
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

}
