package dev.tidepool.measured;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.measured.RetryScenarios.Kind;
import dev.tidepool.testsupport.NginxServer;
import dev.tidepool.testsupport.NginxServer.Connections;
import dev.tidepool.testsupport.NginxServer.Request;

/**
 * Calls that come just when nginx closes the idle connection that they would use. Each
 * lane has a client and an address of nginx of its own, so that its connection is idle
 * for as long as the lane pauses, whatever other lanes do.
 */
public final class RaceScenario {

	private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

	private static final List<Pace> LANES = Stream.of(Pace.values())
		.flatMap((pace) -> Collections.nCopies(pace.lanes, pace).stream())
		.toList();

	private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(LANES.size());

	private final CountDownLatch running = new CountDownLatch(LANES.size());

	private final Map<Pace, Tally> tallies = new EnumMap<>(Pace.class);

	private final AtomicReference<Exception> firstFailure = new AtomicReference<>();

	private final Duration keepAlive;

	private final Duration duration;

	private RaceScenario(Duration keepAlive, Duration duration) {
		this.keepAlive = keepAlive;
		this.duration = duration;
		for (Pace pace : Pace.values()) {
			this.tallies.put(pace, new Tally());
		}
	}

	/**
	 * Run the lanes of all paces, GET and POST in turns, against an nginx that closes
	 * idle connections after 2 s.
	 * @param client what the lanes call with
	 * @param duration for how long
	 * @return what became of the calls and of the connections
	 */
	public static Race run(Client client, Duration duration) throws Exception {
		return run(client, KEEP_ALIVE, duration);
	}

	/**
	 * Run it against another keep-alive time-out: the longer, the later may a busy
	 * machine close an idle connection.
	 * @param client the client
	 * @param keepAlive the time-out, with which the paces around it grow
	 * @param duration for how long
	 * @return what was seen
	 */
	public static Race run(Client client, Duration keepAlive, Duration duration) throws Exception {
		return new RaceScenario(keepAlive, duration).run(client);
	}

	private Race run(Client client) throws Exception {
		try (NginxServer nginx = NginxServer.start(this.keepAlive, LANES.size())) {
			try (MeasuredApplication application = MeasuredApplication.start(client,
					"tidepool.keep-alive.upstream-timeout=" + this.keepAlive,
					// Canaries are left to nginx to close, and would be counted here
					"tidepool.keep-alive.learn=false")) {
				List<ClientHttpRequestFactory> factories = Stream.generate(application::requestFactory)
					.limit(LANES.size())
					.toList();
				runLanes(nginx, factories);
				for (ClientHttpRequestFactory factory : factories) {
					// So that it is the client that closes what is open yet
					((DisposableBean) factory).destroy();
				}
			}
			Connections connections = nginx.connections();
			List<Request> steady = nginx.requests()
				.stream()
				.filter((request) -> request.id().startsWith(Pace.EVERY_SECOND.name()))
				.toList();
			int reusing = (int) steady.stream().filter((request) -> request.onConnection() > 1).count();
			return new Race(results(), this.firstFailure.get(), connections,
					Collections.max(nginx.requestsById().values()), reusing);
		}
	}

	private Map<Pace, Result> results() {
		Map<Pace, Result> results = new EnumMap<>(Pace.class);
		this.tallies.forEach((pace, tally) -> results.put(pace, tally.result()));
		return results;
	}

	private void runLanes(NginxServer nginx, List<ClientHttpRequestFactory> factories) throws InterruptedException {
		long end = System.nanoTime() + this.duration.toNanos();
		try {
			for (int i = 0; i < LANES.size(); i++) {
				RestClient client = RestClient.builder().requestFactory(factories.get(i)).build();
				Lane lane = new Lane(LANES.get(i), i, client, nginx.url(i), end);
				this.threads.schedule(lane, ThreadLocalRandom.current().nextInt(1000), TimeUnit.MILLISECONDS);
			}
			if (!this.running.await(this.duration.toSeconds() + 30, TimeUnit.SECONDS)) {
				throw new IllegalStateException(this.running.getCount() + " lanes did not end");
			}
		}
		finally {
			this.threads.shutdownNow();
		}
	}

	/**
	 * One caller with its pauses.
	 */
	private final class Lane implements Runnable {

		private final Pace pace;

		private final int number;

		private final RestClient client;

		private final String url;

		private final long end;

		private int call;

		Lane(Pace pace, int number, RestClient client, String url, long end) {
			this.pace = pace;
			this.number = number;
			this.client = client;
			this.url = url;
			this.end = end;
		}

		@Override
		public void run() {
			Kind kind = (this.call++ % 2 == 0) ? Kind.GET : Kind.POST;
			Tally tally = RaceScenario.this.tallies.get(this.pace);
			tally.calls.incrementAndGet();
			if (kind == Kind.POST) {
				tally.posts.incrementAndGet();
			}
			try {
				kind.call(this.client, this.url, "%s-%d-%d".formatted(this.pace, this.number, this.call));
			}
			catch (RuntimeException ex) {
				((kind == Kind.POST) ? tally.failedPosts : tally.failedGets).incrementAndGet();
				RaceScenario.this.firstFailure.compareAndSet(null, ex);
			}
			long pause = ThreadLocalRandom.current().nextLong(this.pace.shortest, this.pace.longest + 1);
			if (this.pace != Pace.EVERY_SECOND) {
				pause = pause * RaceScenario.this.keepAlive.toMillis() / KEEP_ALIVE.toMillis();
			}
			if (System.nanoTime() + pause < this.end) {
				RaceScenario.this.threads.schedule(this, pause, TimeUnit.NANOSECONDS);
			}
			else {
				RaceScenario.this.running.countDown();
			}
		}

	}

	/**
	 * When lanes call.
	 */
	public enum Pace {

		/**
		 * Sometimes before nginx closes, sometimes after.
		 */
		AROUND_THE_TIMEOUT("24 lanes that call every 1.9 to 2.1 s", 24, Duration.ofMillis(1900),
				Duration.ofMillis(2100)),

		/**
		 * As close to the moment when nginx closes as can be.
		 */
		AT_THE_TIMEOUT("8 lanes that call every 1.995 to 2.005 s", 8, Duration.ofMillis(1995), Duration.ofMillis(2005)),

		/**
		 * Well before.
		 */
		EVERY_SECOND("4 lanes that call every second", 4, Duration.ofSeconds(1), Duration.ofSeconds(1));

		private final String display;

		private final int lanes;

		private final long shortest;

		private final long longest;

		Pace(String display, int lanes, Duration shortest, Duration longest) {
			this.display = display;
			this.lanes = lanes;
			this.shortest = shortest.toNanos();
			this.longest = longest.toNanos();
		}

		String display() {
			return this.display;
		}

	}

	/**
	 * Counts the calls of the lanes of one pace.
	 */
	private static final class Tally {

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger posts = new AtomicInteger();

		private final AtomicInteger failedGets = new AtomicInteger();

		private final AtomicInteger failedPosts = new AtomicInteger();

		Result result() {
			return new Result(this.calls.get(), this.posts.get(), this.failedGets.get(), this.failedPosts.get());
		}

	}

	/**
	 * What became of the calls of the lanes of one pace.
	 *
	 * @param calls all calls
	 * @param posts the POSTs among them
	 * @param failedGets GETs that failed
	 * @param failedPosts POSTs that failed
	 */
	public record Result(int calls, int posts, int failedGets, int failedPosts) {

		int gets() {
			return this.calls - this.posts;
		}

	}

	/**
	 * What became of the calls and of the connections.
	 *
	 * @param results of the lanes of each pace
	 * @param firstFailure the first failure, or {@code null}
	 * @param connections what became of the connections
	 * @param mostArrivals the most often that one request arrived
	 * @param reusing calls of the lanes that call every second that came on a connection
	 * that had served another
	 */
	public record Race(Map<Pace, Result> results, Exception firstFailure, Connections connections, int mostArrivals,
			int reusing) {

		/**
		 * Calls of the lanes that call every second.
		 */
		public int steadyCalls() {
			return this.results.get(Pace.EVERY_SECOND).calls();
		}

		/**
		 * Those of them for which a connection can be there: all but the first of each
		 * lane.
		 */
		public int reusable() {
			return steadyCalls() - Pace.EVERY_SECOND.lanes;
		}

	}

}
