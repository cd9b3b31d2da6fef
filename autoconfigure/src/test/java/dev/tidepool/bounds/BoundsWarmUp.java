package dev.tidepool.bounds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.web.client.RestClient;

import dev.tidepool.measured.Client;
import dev.tidepool.measured.MeasuredApplication;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestTls;

/**
 * What the first call of an application costs, over TLS, beside those that follow.
 */
final class BoundsWarmUp {

	private static final int FOLLOWING = 1000;

	// The latest of those that follow
	private static final int COMPARED = 100;

	private BoundsWarmUp() {
	}

	/**
	 * Start applications one after the other, and have each make its calls.
	 * @param client what they use
	 * @param minIdle the connections that are kept ready, 0 for none
	 * @param applications how many are looked at; one more is not, since it loads classes
	 * @return the medians
	 */
	static Result run(Client client, int minIdle, int applications) throws Exception {
		List<Long> first = new ArrayList<>();
		List<Long> later = new ArrayList<>();
		int openedByFirst = 0;
		for (int i = 0; i <= applications; i++) {
			try (ScriptedServer server = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
					(exchange) -> exchange.respond(200, "fine"));
					MeasuredApplication application = start(client, minIdle, server)) {
				RestClient caller = application.restClient();
				int openBefore = server.accepted();
				long firstTook = call(caller, server);
				int opened = server.accepted() - openBefore;
				List<Long> following = new ArrayList<>();
				for (int call = 0; call < FOLLOWING; call++) {
					following.add(call(caller, server));
				}
				if (i > 0) {
					first.add(firstTook);
					later.add(median(following.subList(FOLLOWING - COMPARED, FOLLOWING)));
					openedByFirst += opened;
				}
			}
		}
		return new Result(Duration.ofNanos(median(first)), Duration.ofNanos(median(later)), openedByFirst);
	}

	private static MeasuredApplication start(Client client, int minIdle, ScriptedServer server) {
		Stream<String> common = Stream.of(TestTls.trustProperty("own", "first"), "spring.http.clients.ssl.bundle=own");
		Stream<String> kept = (minIdle > 0) ? Stream.of("tidepool.upstreams.warm.base-url=" + server.url(),
				"tidepool.upstreams.warm.pool.min-idle=" + minIdle) : Stream.of();
		return MeasuredApplication.start(client, Stream.concat(common, kept).toArray(String[]::new));
	}

	private static long call(RestClient caller, ScriptedServer server) {
		long start = System.nanoTime();
		caller.get().uri(server.url()).retrieve().toBodilessEntity();
		return System.nanoTime() - start;
	}

	private static long median(List<Long> times) {
		return times.stream().sorted().skip(times.size() / 2).findFirst().orElseThrow();
	}

	/**
	 * The medians.
	 *
	 * @param first how long the first call took
	 * @param later how long one took after a thousand others
	 * @param openedByFirst connections that first calls opened, in all applications
	 */
	record Result(Duration first, Duration later, int openedByFirst) {

		Duration difference() {
			return this.first.minus(this.later);
		}

	}

}
