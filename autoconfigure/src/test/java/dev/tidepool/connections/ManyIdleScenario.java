package dev.tidepool.connections;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.NginxServer;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestTls;

/**
 * Many idle connections to many upstreams: sweeps look at them, certificates are replaced
 * so that all of them leave at once, and the upstreams close all of them at once. Another
 * upstream has callers meanwhile.
 *
 * @param upstreams how many upstreams
 * @param connectionsOfEach how many idle connections each has
 * @param tls whether they speak TLS
 * @param looking how long to measure while sweeps do nothing but look
 */
record ManyIdleScenario(int upstreams, int connectionsOfEach, boolean tls, Duration looking) {

	private static final Duration DEADLINE = Duration.ofSeconds(60);

	private static final Duration LONG = Duration.ofMinutes(10);

	private static final int THREADS = 4;

	Result run() throws Exception {
		try (NginxServer nginx = NginxServer.startOnPorts(LONG, this.upstreams + 1, this.tls ? "first" : null);
				ScriptedServer other = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			return Side.TIDEPOOL.run((controlContext) -> Side.TIDEPOOL.run(
					(context) -> new Run(context, nginx)
						.run(LeaseTimes.start(access(context, other), access(controlContext, other))),
					TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own",
					"tidepool.pool.max-total=" + (connections() + 100), "tidepool.keep-alive.upstream-timeout=" + LONG,
					"tidepool.pool.max-lifetime=1h", "tidepool.upstreams.short.base-url=" + nginx.url(this.upstreams),
					"tidepool.upstreams.short.keep-alive.upstream-timeout=1s",
					"tidepool.upstreams.short.keep-alive.learn=false"));
		}
	}

	private static PoolAccess access(ApplicationContext context, ScriptedServer other) {
		return new PoolAccess(context.getBean(ClassicPool.class), other.url());
	}

	private int connections() {
		return this.upstreams * this.connectionsOfEach;
	}

	private final class Run {

		private final ApplicationContext context;

		private final NginxServer nginx;

		private final RestClient client;

		Run(ApplicationContext context, NginxServer nginx) {
			this.context = context;
			this.nginx = nginx;
			this.client = context.getBean(RestClient.class);
		}

		Result run(LeaseTimes times) throws Exception {
			ManyIdleScenario scenario = ManyIdleScenario.this;
			try (times) {
				pause(times, "few connections");
				openAll();
				int opened = count(State.IDLE);
				pause(times, "sweeps look at all");
				int stayed = count(State.IDLE);
				int aged = ageSome(times);
				int rotated = 0;
				if (scenario.tls()) {
					times.phaseStarts();
					rotate();
					awaitClosed();
					awaitSocketsClosed();
					times.phaseEnds("all are closed since certificates were replaced");
					rotated = closed(CloseReason.TLS_ROTATED);
					openAll();
				}
				times.phaseStarts();
				long start = System.nanoTime();
				this.nginx.stop();
				Duration stopping = Duration.ofNanos(System.nanoTime() - start);
				awaitClosed();
				Duration noticed = Duration.ofNanos(System.nanoTime() - start);
				awaitSocketsClosed();
				times.phaseEnds("upstreams close all");
				// The first of an upstream makes the others of the same age distrusted
				int closedByPeer = closed(CloseReason.PEER_CLOSED_IDLE) + closed(CloseReason.IDLE) - aged;
				this.nginx.startAgain();
				int failed = callEach();
				return new Result(scenario, opened, stayed, aged, rotated, closedByPeer, stopping, noticed, failed,
						closed(CloseReason.PEER_CLOSED_ON_REUSE), times.stop());
			}
		}

		private void pause(LeaseTimes times, String name) throws InterruptedException {
			times.phaseStarts();
			TimeUnit.NANOSECONDS.sleep(ManyIdleScenario.this.looking.toNanos());
			times.phaseEnds(name);
		}

		// Those of one upstream more, so that each sweep has to find a few among all
		private int ageSome(LeaseTimes times) throws InterruptedException {
			int before = closed(CloseReason.IDLE);
			times.phaseStarts();
			long start = System.nanoTime();
			do {
				open(this.nginx.url(ManyIdleScenario.this.upstreams));
				// Longer than they are trusted
				TimeUnit.SECONDS.sleep(1);
			}
			while (System.nanoTime() - start < ManyIdleScenario.this.looking.toNanos());
			times.phaseEnds("a few age out, now and then");
			Awaitility.await().atMost(DEADLINE).until(() -> count(State.IDLE) == connections());
			return closed(CloseReason.IDLE) - before;
		}

		private void openAll() throws Exception {
			ExecutorService threads = Executors.newFixedThreadPool(THREADS);
			try {
				List<Future<?>> all = new ArrayList<>();
				for (int i = 0; i < ManyIdleScenario.this.upstreams; i++) {
					String url = this.nginx.url(i);
					all.add(threads.submit(() -> open(url)));
				}
				for (Future<?> each : all) {
					each.get();
				}
			}
			finally {
				threads.shutdownNow();
			}
		}

		private void open(String url) {
			List<ConvertibleClientHttpResponse> responses = new ArrayList<>();
			for (int i = 0; i < ManyIdleScenario.this.connectionsOfEach; i++) {
				responses.add(this.client.get().uri(url).exchange((request, response) -> response, false));
			}
			responses.forEach(ConvertibleClientHttpResponse::close);
		}

		private void rotate() {
			this.context.getBean(DefaultSslBundleRegistry.class).updateBundle("own", TestTls.trusting("first"));
		}

		// All but those of the callers of the other upstream
		private void awaitClosed() {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(20))
				.atMost(DEADLINE)
				.until(() -> count(State.IDLE) + count(State.CANARY) == 0 && areAllCounted());
		}

		// A moment after they are closed
		private boolean areAllCounted() {
			return stats().stream()
				.allMatch((stats) -> Stream.of(CloseReason.values()).mapToLong(stats::closed).sum() == stats.created());
		}

		private void awaitSocketsClosed() {
			Set<Integer> ports = this.nginx.ports();
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(200))
				.atMost(DEADLINE)
				.until(() -> Sockets.heldByClients(ports) == 0);
		}

		private int callEach() {
			int failed = 0;
			for (int i = 0; i < ManyIdleScenario.this.upstreams; i += 10) {
				try {
					this.client.method(HttpMethod.POST).uri(this.nginx.url(i)).retrieve().toBodilessEntity();
				}
				catch (Exception ex) {
					failed++;
				}
			}
			return failed;
		}

		private int count(State state) {
			return (int) stats().stream().mapToLong((stats) -> stats.connections(state)).sum();
		}

		private int closed(CloseReason reason) {
			return (int) stats().stream().mapToLong((stats) -> stats.closed(reason)).sum();
		}

		// The other upstream is called first, and so is the first
		private List<UpstreamStats> stats() {
			return this.context.getBean(Upstreams.class).stats().stream().skip(1).toList();
		}

	}

	/**
	 * What was measured.
	 *
	 * @param scenario of what
	 * @param opened connections that were idle when all were opened
	 * @param stayed those that still were after sweeps looked at them
	 * @param aged connections of one more upstream that aged out among all these
	 * @param rotated connections that left since certificates were replaced
	 * @param closedByPeer connections that left since the peer closed them
	 * @param stopping the time that the upstreams took to stop
	 * @param noticed the time from when the upstreams were told to stop to when no closed
	 * connection was idle
	 * @param failed calls that failed afterwards
	 * @param metByCaller closed connections that a caller met
	 * @param phases how long callers of the other upstream took
	 */
	record Result(ManyIdleScenario scenario, int opened, int stayed, int aged, int rotated, int closedByPeer,
			Duration stopping, Duration noticed, int failed, int metByCaller, List<LeaseTimes.Phase> phases) {

		int connections() {
			return this.scenario.connections();
		}

	}

}
