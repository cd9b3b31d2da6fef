package dev.tidepool.measured;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;

import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;

/**
 * How often a request arrives whose first attempt fails, counted by a unique id in each.
 */
final class RetryScenarios {

	/**
	 * The arrivals of requests that are repeated once, if they may be.
	 */
	static final Map<Kind, Integer> TWICE_BUT_PLAIN_POST = Map.of(Kind.GET, 2, Kind.PUT, 2, Kind.DELETE, 2,
			Kind.POST_WITH_KEY, 2, Kind.POST, 1);

	private static final Duration BOUND = Duration.ofSeconds(30);

	private RetryScenarios() {
	}

	/**
	 * Lose the first attempt of a request of each kind.
	 */
	static Map<Kind, Integer> firstAttemptLost(Client client, Loss loss) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.attempt() == 1) {
				loss.script.run(exchange);
			}
			else {
				exchange.respond(200, "fine");
			}
		}); MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			for (Kind kind : Kind.values()) {
				Callers.run(1, 1, BOUND, (number) -> kind.call(caller, server.url(), kind.name()));
			}
			return arrivals(server);
		}
	}

	/**
	 * Answer the first attempt of a request of each kind with a status.
	 */
	static Map<Kind, Integer> firstAttemptAnswered(Client client, int status) throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond((exchange.attempt() == 1) ? status : 200, "answer"));
				MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			for (Kind kind : Kind.values()) {
				kind.call(caller, server.url(), kind.name());
			}
			return arrivals(server);
		}
	}

	private static Map<Kind, Integer> arrivals(ScriptedServer server) {
		Map<Kind, Integer> arrivals = new EnumMap<>(Kind.class);
		for (Kind kind : Kind.values()) {
			arrivals.put(kind, server.requests(kind.name()));
		}
		return arrivals;
	}

	/**
	 * Open some connections at once, have the upstream drop each of them at its next
	 * request, and make as many calls that may be repeated.
	 * @param idle how many connections
	 */
	static Dead allIdleConnectionsDead(Client client, Loss loss, int idle) throws Exception {
		AtomicBoolean dead = new AtomicBoolean();
		CountDownLatch allOpen = new CountDownLatch(idle);
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (!dead.get()) {
				allOpen.countDown();
				allOpen.await(BOUND.toSeconds(), TimeUnit.SECONDS);
			}
			else if (exchange.request().connection() <= idle) {
				loss.script.run(exchange);
				return;
			}
			exchange.respond(200, "fine");
		}); MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			Callers.run(idle, idle, BOUND, (number) -> Kind.GET.call(caller, server.url(), "open-" + number));
			int opened = server.accepted();
			dead.set(true);
			Kind[] kinds = { Kind.GET, Kind.PUT, Kind.DELETE, Kind.POST_WITH_KEY };
			Outcome outcome = Callers.run(idle, idle, BOUND,
					(number) -> kinds[number % kinds.length].call(caller, server.url(), "call-" + number));
			return new Dead(opened, outcome, server.mostRequestsOfOneId());
		}
	}

	/**
	 * Answer a GET with 503 and a Retry-After of two minutes.
	 * @param bound how long to wait for the response to be handed over
	 */
	static RetryAfter retryAfterTwoMinutes(Client client, Duration bound) throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(503, "later", "Retry-After: 120"));
				MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			CountDownLatch returned = new CountDownLatch(1);
			long start = System.nanoTime();
			Thread thread = new Thread(() -> {
				try {
					Kind.GET.call(caller, server.url(), "later");
					returned.countDown();
				}
				catch (RuntimeException ex) {
					// Interrupted below
				}
			}, Callers.THREAD_NAME);
			thread.setDaemon(true);
			thread.start();
			boolean handedOver = returned.await(bound.toNanos(), TimeUnit.NANOSECONDS);
			Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
			thread.interrupt();
			return new RetryAfter(handedOver, elapsed, server.requests());
		}
	}

	/**
	 * Call an upstream that always answers 503, at a constant rate.
	 */
	static Trouble always503(Client client, int perSecond, Duration duration) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "no")).withoutLog();
				MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			Outcome outcome = Callers.paced(perSecond, duration, 2 * perSecond,
					(number) -> Kind.GET.call(caller, server.url(), "call-" + number));
			return new Trouble(outcome, server.requests());
		}
	}

	/**
	 * Call an upstream that always answers 503 as fast as can be, with a budget that does
	 * not grow with time.
	 */
	static Trouble always503(Client client, int calls, String... properties) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(503, "no")).withoutLog();
				MeasuredApplication application = MeasuredApplication.start(client, properties)) {
			RestClient caller = application.restClient();
			Outcome outcome = Callers.run(32, calls, BOUND,
					(number) -> Kind.GET.call(caller, server.url(), "call-" + number));
			return new Trouble(outcome, server.requests());
		}
	}

	/**
	 * The kinds of requests.
	 */
	enum Kind {

		GET(HttpMethod.GET, false),

		PUT(HttpMethod.PUT, false),

		DELETE(HttpMethod.DELETE, false),

		POST_WITH_KEY(HttpMethod.POST, true),

		POST(HttpMethod.POST, false);

		private final HttpMethod method;

		private final boolean key;

		Kind(HttpMethod method, boolean key) {
			this.method = method;
			this.key = key;
		}

		String display() {
			return this.method + (this.key ? " with key" : "");
		}

		/**
		 * Make a call of this kind. An error status is no failure.
		 */
		void call(RestClient client, String url, String id) {
			RestClient.RequestBodySpec request = client.method(this.method).uri(url).header("X-Id", id);
			if (this.key) {
				request.header("Idempotency-Key", id);
			}
			if (this.method != HttpMethod.GET && this.method != HttpMethod.DELETE) {
				request.body("content");
			}
			request.retrieve().onStatus((status) -> true, (sent, response) -> {
			}).toBodilessEntity();
		}

	}

	/**
	 * How a request gets lost.
	 */
	enum Loss {

		RESET("Reset", ScriptedServer.Exchange::reset), SILENT_CLOSE("Silent close", ScriptedServer.Exchange::close);

		private final String display;

		private final Script script;

		Loss(String display, Script script) {
			this.display = display;
			this.script = script;
		}

		String display() {
			return this.display;
		}

	}

	/**
	 * What became of calls that met dead connections only.
	 *
	 * @param connections the dead connections
	 * @param outcome how the calls ended
	 * @param mostArrivals the most often that any of them arrived
	 */
	record Dead(int connections, Outcome outcome, int mostArrivals) {
	}

	/**
	 * What a far Retry-After does.
	 *
	 * @param handedOver whether the caller got the response in the time allowed
	 * @param elapsed how long that took, or the time allowed
	 * @param arrivals how often the request arrived meanwhile
	 */
	record RetryAfter(boolean handedOver, Duration elapsed, int arrivals) {
	}

	/**
	 * What an upstream in trouble gets.
	 *
	 * @param outcome how the calls ended
	 * @param requests the requests that arrived
	 */
	record Trouble(Outcome outcome, int requests) {

		double requestsPerCall() {
			return (double) this.requests / this.outcome.calls();
		}

	}

}
