package dev.tidepool.connections;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.KeepAlivePolicy;
import dev.tidepool.testsupport.ScriptedServer;

/**
 * An upstream's idle time-out, measured by a connection that was watched until the
 * upstream closed it.
 *
 * @param timeout the time-out, as nobody is told
 */
record CanaryScenario(Duration timeout) {

	Result run() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(this.timeout, (exchange) -> exchange.respond(200, "fine"))) {
			return Side.TIDEPOOL.run((context) -> run(context, server));
		}
	}

	private Result run(ApplicationContext context, ScriptedServer server) {
		RestClient client = context.getBean(RestClient.class);
		do {
			// A shorter time-out than is trusted at first ends the first connection
			// before it can be watched
			client.get().uri(server.url()).retrieve().toBodilessEntity();
			Awaitility.await()
				.atMost(this.timeout.plusSeconds(20))
				.until(() -> Side.stats(context).connections().isEmpty());
		}
		while (Side.stats(context).closed(CloseReason.IDLE) == 0 && server.requests() < 5);
		Upstream upstream = Side.upstream(context);
		Awaitility.await().until(() -> upstream.estimate().open().isEmpty());
		return new Result(this, Duration.ofNanos(upstream.estimate().timeout()),
				Duration.ofNanos(upstream.trustedNanos(KeepAlivePolicy.NO_HEADER)), server.requests());
	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param learned the time-out that was learned
	 * @param trusted for how long a connection is trusted then
	 * @param calls the calls that it took
	 */
	record Result(CanaryScenario scenario, Duration learned, Duration trusted, int calls) {

		Duration error() {
			return this.learned.minus(this.scenario.timeout()).abs();
		}

		double trustedShare() {
			return (double) this.trusted.toNanos() / this.scenario.timeout().toNanos();
		}

	}

}
