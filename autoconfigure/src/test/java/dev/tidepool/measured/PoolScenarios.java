package dev.tidepool.measured;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

import dev.tidepool.measured.Callers.Outcome;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Request;
import dev.tidepool.testsupport.Sockets;

/**
 * How clients of one application share connections, and what they keep to themselves.
 */
final class PoolScenarios {

	private static final Duration BOUND = Duration.ofSeconds(30);

	private PoolScenarios() {
	}

	/**
	 * Make 200 calls, 6 at a time, each through a builder that is injected for it.
	 */
	static Builders builderForEachCall(Client client) throws Exception {
		try (ScriptedServer server = fine()) {
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			try (MeasuredApplication application = MeasuredApplication.start(client)) {
				Outcome outcome = Callers.run(6, 200, BOUND, (number) -> get(application.restClient(), server.url()));
				int established = Sockets.established(server.port());
				// Those that resolve names do not stay
				Awaitility.await().until(() -> threads().noneMatch(PoolScenarios::isResolver));
				List<String> threads = threads().filter(Predicate.not(before::contains))
					.map(Thread::getName)
					.filter((name) -> !List.of(Callers.THREAD_NAME, ScriptedServer.THREAD_NAME, "awaitility-thread")
						.contains(name))
					.toList();
				return new Builders(outcome, server.accepted(), threads, established);
			}
		}
	}

	private static Stream<Thread> threads() {
		return Thread.getAllStackTraces().keySet().stream();
	}

	private static boolean isResolver(Thread thread) {
		return thread.getName().equals("tidepool-resolver");
	}

	/**
	 * Call one host through 10 injected builders, a RestTemplateBuilder and 3 HTTP
	 * service groups, one after the other; then have it stall.
	 */
	static Sharing callersOfAllKinds(Client client) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/stall")) {
				exchange.stall(BOUND);
			}
			exchange.respond(200, "fine");
		}); MeasuredApplication application = MeasuredApplication.start(client)) {
			for (int i = 0; i < 10; i++) {
				get(application.restClient(), server.url());
			}
			application.restTemplate().getForObject(server.url(), String.class);
			Set<String> groups = MeasuredApplication.groupTimeouts().keySet();
			groups.forEach((group) -> application.service(group).get(server.uri("/")));
			int connections = server.accepted();
			List<GroupTimeout> timeouts = groups.stream().map((group) -> stall(application, group, server)).toList();
			// The last may be read a moment after its caller gave up
			Awaitility.await()
				.until(() -> server.log()
					.stream()
					.filter((request) -> request.path().equals("/stall"))
					.count() == groups.size());
			return new Sharing(server.requests() - groups.size(), connections, timeouts);
		}
	}

	private static GroupTimeout stall(MeasuredApplication application, String group, ScriptedServer server) {
		long start = System.nanoTime();
		String message = null;
		try {
			application.service(group).get(server.uri("/stall"));
		}
		catch (RuntimeException ex) {
			message = ex.getMessage();
		}
		return new GroupTimeout(group, MeasuredApplication.groupTimeouts().get(group),
				Duration.ofNanos(System.nanoTime() - start), message);
	}

	/**
	 * Have an upstream set a cookie for one client, and call it again through that and
	 * three others.
	 */
	static Cookies cookies(Client client) throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(200, "fine", "Set-Cookie: session=secret; Path=/"));
				MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient owner = application.restClient();
			get(owner, server.url());
			get(application.restClient(), server.url() + "/others");
			application.restTemplate().getForObject(server.url() + "/others", String.class);
			application.service("quick").get(server.uri("/others"));
			get(owner, server.url() + "/owner");
			return new Cookies(cookies(server, "/owner"), cookies(server, "/others"));
		}
	}

	private static int cookies(ScriptedServer server, String path) {
		return (int) server.log()
			.stream()
			.filter((request) -> request.path().equals(path))
			.map((Request request) -> request.header("Cookie"))
			.filter((cookie) -> cookie != null && cookie.contains("session=secret"))
			.count();
	}

	/**
	 * Close one of two request factories, and call on through the other and a new one.
	 */
	static Survival factoryClosed(Client client) throws Exception {
		try (ScriptedServer server = fine(); MeasuredApplication application = MeasuredApplication.start(client)) {
			ClientHttpRequestFactory closed = application.requestFactory();
			RestClient other = over(application.requestFactory());
			get(over(closed), server.url());
			get(other, server.url());
			((DisposableBean) closed).destroy();
			Outcome outcome = Callers.run(1, 10, BOUND,
					(number) -> get((number % 2 == 0) ? other : application.restClient(), server.url()));
			return new Survival(outcome, server.accepted());
		}
	}

	/**
	 * Have the body writer of some calls throw an Error, and call on through the same
	 * client.
	 */
	static Survival errorInCall(Client client, String... properties) throws Exception {
		try (ScriptedServer server = fine();
				MeasuredApplication application = MeasuredApplication.start(client, properties)) {
			RestClient caller = application.restClient();
			get(caller, server.url());
			for (int i = 0; i < 3; i++) {
				throwError(caller, server.url());
			}
			return new Survival(Callers.run(1, 10, BOUND, (number) -> get(caller, server.url())), server.accepted());
		}
	}

	private static void throwError(RestClient client, String url) {
		StreamingHttpOutputMessage.Body body = (out) -> {
			throw new StackOverflowError("thrown by a body writer");
		};
		try {
			client.post().uri(url).body(body).retrieve().toBodilessEntity();
		}
		catch (StackOverflowError | RuntimeException ex) {
			// What follows is counted
		}
	}

	/**
	 * Close an application that has connections.
	 */
	static Leftovers closedContext(Client client) throws Exception {
		try (ScriptedServer server = fine()) {
			try (MeasuredApplication application = MeasuredApplication.start(client)) {
				RestClient caller = application.restClient();
				Callers.run(6, 60, BOUND, (number) -> get(caller, server.url()));
			}
			// Those that resolve names are told to end, and do so by themselves
			Awaitility.await().until(() -> threads().noneMatch(PoolScenarios::isResolver));
			long threads = threads().filter((thread) -> thread.getName().startsWith("tidepool")).count();
			return new Leftovers((int) threads, Sockets.heldByClients(server.port()));
		}
	}

	/**
	 * Have 64 callers share a client of an upstream that takes 50 ms.
	 * @param calls how many calls they make altogether
	 * @param bound the time after which they stop
	 */
	static Load manyCallers(Client client, int calls, Duration bound) throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.stall(Duration.ofMillis(50));
			exchange.respond(200, "fine");
		}).withoutLog(); MeasuredApplication application = MeasuredApplication.start(client)) {
			RestClient caller = application.restClient();
			int timeWait = Sockets.timeWait(server.port());
			Outcome outcome = Callers.run(64, calls, bound, (number) -> get(caller, server.url()));
			return new Load(outcome, server.accepted(), server.accepted() - server.open(),
					Sockets.timeWait(server.port()) - timeWait);
		}
	}

	private static ScriptedServer fine() throws IOException {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	private static RestClient over(ClientHttpRequestFactory factory) {
		return RestClient.builder().requestFactory(factory).build();
	}

	private static void get(RestClient client, String url) {
		client.get().uri(url).retrieve().body(String.class);
	}

	/**
	 * What 200 builders cost.
	 *
	 * @param outcome how the calls ended
	 * @param connections connections that were opened
	 * @param threads names of the threads that are there since
	 * @param established connections that still are, without a garbage collection
	 */
	record Builders(Outcome outcome, int connections, List<String> threads, int established) {
	}

	/**
	 * What callers of all kinds share.
	 *
	 * @param calls how many calls they made
	 * @param connections connections that were opened for these
	 * @param timeouts what each group does when the upstream stalls
	 */
	record Sharing(int calls, int connections, List<GroupTimeout> timeouts) {
	}

	/**
	 * How a call of a group to a stalling upstream ended.
	 *
	 * @param group the group
	 * @param configured its read time-out
	 * @param elapsed when the call ended
	 * @param message the message of the exception, or {@code null}
	 */
	record GroupTimeout(String group, Duration configured, Duration elapsed, String message) {

		/**
		 * Whether the time-out was the group's own: not early, and before the next one's.
		 */
		boolean holds() {
			Duration late = this.configured.plusMillis(350);
			return this.message != null && this.elapsed.compareTo(this.configured) >= 0
					&& this.elapsed.compareTo(late) < 0;
		}

	}

	/**
	 * Who sent a cookie.
	 *
	 * @param byOwner how often the client that it was set for did
	 * @param byOthers how often other clients did
	 */
	record Cookies(int byOwner, int byOthers) {
	}

	/**
	 * How calls ended after something had gone wrong.
	 *
	 * @param outcome how they ended
	 * @param connections connections that were opened, before and after
	 */
	record Survival(Outcome outcome, int connections) {
	}

	/**
	 * What is there after the application context was closed.
	 *
	 * @param threads threads of Tidepool
	 * @param sockets sockets that are open to the upstream
	 */
	record Leftovers(int threads, int sockets) {
	}

	/**
	 * What many callers at once get.
	 *
	 * @param outcome how their calls ended
	 * @param opened connections that were opened
	 * @param closed those of them that were closed
	 * @param moreTimeWait how many sockets more are in TIME_WAIT than before
	 */
	record Load(Outcome outcome, int opened, int closed, int moreTimeWait) {
	}

}
