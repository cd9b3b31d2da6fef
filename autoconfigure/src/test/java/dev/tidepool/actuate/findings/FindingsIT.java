package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Lanes;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is found of real upstreams, by a history that takes a sample each second.
 */
class FindingsIT {

	private final ApplicationContextRunner contextRunner = TestRunners.application();

	@Test
	void nothingIsFoundOfAHealthyPool() throws Exception {
		try (ScriptedServer server = ScriptedServer.start(Duration.ofSeconds(4), (exchange) -> {
			exchange.stall(Duration.ofMillis(10));
			exchange.respond(200, "x".repeat(10_000));
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.keep-alive.upstream-timeout=4s",
						// A busy machine closes late
						"tidepool.upstreams.orders.keep-alive.margin=2s")
				.run((context) -> {
					Looks looks = Looks.at(context);
					callFor(Duration.ofSeconds(4), context, server, 8);
					int before = looks.count();
					Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> looks.count() >= before + 5);
					callFor(Duration.ofSeconds(3), context, server, 4);
					assertThat(looks.found()).isEmpty();
				});
			assertThat(server.requests()).isGreaterThan(100);
		}
	}

	@Test
	void saturatedUpstreamIsFoundWithTheConnectionsThatItsCallersNeed() throws Exception {
		try (ScriptedServer server = ScriptedServer.start((exchange) -> {
			exchange.stall(Duration.ofMillis(100));
			exchange.respond(200, "fine");
		})) {
			this.contextRunner
				.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url(),
						"tidepool.upstreams.orders.pool.max-per-upstream=2",
						"tidepool.upstreams.orders.pool.acquire-timeout=1m")
				.run((context) -> {
					Looks looks = Looks.at(context);
					Lanes lanes = call(context, server, 10);
					// With fewer calls the next look may suggest less
					List<Finding> found = Awaitility.await()
						.atMost(Duration.ofSeconds(60))
						.until(looks::latest,
								(latest) -> latest.stream().anyMatch((finding) -> suggestion(finding) >= 10));
					lanes.stop();
					assertThat(found).singleElement().satisfies((finding) -> {
						assertThat(finding.id()).isEqualTo("callers-wait");
						assertThat(finding.upstream()).isEqualTo("orders");
						assertThat(finding.property()).isEqualTo("tidepool.upstreams.orders.pool.max-per-upstream");
						assertThat(finding.message()).matches(
								"[0-9]+ callers of orders waited for a connection, p99 .*: at .* calls/s of .* each, "
										+ "raise tidepool\\.upstreams\\.orders\\.pool\\.max-per-upstream from 2 to "
										+ finding.suggestedValue());
						assertThat(suggestion(finding)).isBetween(10, 20);
					});
				});
		}
	}

	@Test
	void upstreamThatClosesEachConnectionIsFound() throws Exception {
		try (ScriptedServer server = ScriptedServer
			.start((exchange) -> exchange.respond(200, "fine", "Connection: close"))) {
			this.contextRunner.withPropertyValues("tidepool.upstreams.orders.base-url=" + server.url())
				.run((context) -> {
					Looks looks = Looks.at(context);
					Lanes lanes = call(context, server, 2);
					List<Finding> found = Awaitility.await()
						.atMost(Duration.ofSeconds(60))
						.until(looks::latest, (latest) -> !latest.isEmpty());
					// Interrupted, a call may have connected for nothing
					lanes.finish();
					assertThat(found).extracting(Finding::id).containsExactly("connection-close");
				});
			assertThat(server.accepted()).isEqualTo(server.requests());
		}
	}

	private static int suggestion(Finding finding) {
		return (finding.suggestedValue() != null) ? Integer.parseInt(finding.suggestedValue()) : 0;
	}

	private static void callFor(Duration time, ApplicationContext context, ScriptedServer server, int lanes)
			throws InterruptedException {
		Lanes calling = call(context, server, lanes);
		long end = System.nanoTime() + time.toNanos();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> System.nanoTime() - end >= 0);
		calling.stop();
		assertThat(calling.lastFailure()).isNull();
	}

	private static Lanes call(ApplicationContext context, ScriptedServer server, int lanes) {
		RestClient client = context.getBean(RestClient.Builder.class).build();
		return Lanes.start(lanes, client, server.url(), Duration.ofMillis(1), Duration.ofMillis(100));
	}

	/**
	 * What is found each time that there is a new sample.
	 */
	private static final class Looks implements ConnectionListener {

		private final List<List<Finding>> looks = new CopyOnWriteArrayList<>();

		private final History history;

		private final Findings findings;

		private Looks(Upstreams upstreams) {
			this.history = new History(upstreams, Duration.ofSeconds(1), History.LENGTH);
			this.findings = new Findings(upstreams, this.history, List.of());
		}

		static Looks at(ApplicationContext context) {
			Looks looks = new Looks(context.getBean(Upstreams.class));
			context.getBean(ConnectionEvents.class).add(looks);
			return looks;
		}

		@Override
		public void swept(long now) {
			int before = this.history.windows().stream().mapToInt((window) -> window.samples().size()).sum();
			this.findings.swept(now);
			if (this.history.windows().stream().mapToInt((window) -> window.samples().size()).sum() != before) {
				this.looks.add(this.findings.current());
			}
		}

		int count() {
			return this.looks.size();
		}

		List<Finding> latest() {
			return this.looks.isEmpty() ? List.of() : this.looks.get(this.looks.size() - 1);
		}

		List<Finding> found() {
			return this.looks.stream().flatMap(List::stream).toList();
		}

	}

}
