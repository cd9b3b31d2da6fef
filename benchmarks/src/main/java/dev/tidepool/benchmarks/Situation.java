package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;

import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstreams;

/**
 * What goes on while latency is measured.
 */
enum Situation {

	/**
	 * Nothing.
	 */
	STEADY("Steady", "nothing else"),

	/**
	 * Nobody called before.
	 */
	PAUSE("After a pause", "nobody called for a while before"),

	/**
	 * Many sweeps.
	 */
	SWEEPS("Sweeps", "1,000 idle connections, and on Tidepool a sweep over them each 20 ms"),

	/**
	 * Connections that are watched.
	 */
	CANARIES("Canaries", "on Tidepool 16 canaries, connections to other upstreams of which it learns"),

	/**
	 * New certificates.
	 */
	ROTATION("Rotation",
			"TLS; on Tidepool the certificate is replaced each second, so that all connections are made anew");

	private static final int IDLE = 1000;

	private static final int CANARY_HOSTS = 16;

	private static final Duration UNTIL_CANARIES = Duration.ofSeconds(20);

	private final String title;

	private final String what;

	Situation(String title, String what) {
		this.title = title;
		this.what = what;
	}

	String title() {
		return this.title;
	}

	String what() {
		return this.what;
	}

	Exchange exchange() {
		return (this == ROTATION) ? Exchange.TLS_GET : Exchange.GET;
	}

	GrowthClient open(Side side, Request request, int callers) {
		int connections = callers + IDLE;
		return (this == CANARIES && side == Side.TIDEPOOL) ? GrowthTidepool.learning(request, connections)
				: side.open(request, connections);
	}

	/**
	 * Let it begin.
	 * @param client who calls
	 * @param request what is called
	 * @param options how long a pause is
	 * @return ends it
	 */
	ScheduledExecutorService begin(GrowthClient client, Request request, Options options)
			throws IOException, InterruptedException {
		ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
		switch (this) {
			case STEADY -> {
			}
			case PAUSE -> Thread.sleep(options.pause().toMillis());
			case SWEEPS -> GrowthPoints.addIdle(client, request.uri(), IDLE);
			case CANARIES -> awaitCanaries(client, request.uri());
			case ROTATION -> {
			}
		}
		if (client instanceof GrowthTidepool tidepool) {
			if (this == SWEEPS) {
				SharedPool pool = tidepool.context().getBean(SharedPool.class);
				thread.scheduleAtFixedRate(pool::sweepNow, 0, 20, TimeUnit.MILLISECONDS);
			}
			else if (this == ROTATION && request.certificate() != null) {
				Path certificate = request.certificate();
				SslBundleRegistry bundles = tidepool.context().getBean(SslBundleRegistry.class);
				thread.scheduleAtFixedRate(
						() -> bundles.updateBundle("upstream", SslBundle.of(Request.trust(certificate))), 1, 1,
						TimeUnit.SECONDS);
			}
		}
		return thread;
	}

	private static void awaitCanaries(GrowthClient client, URI uri) throws IOException, InterruptedException {
		for (int i = 0; i < CANARY_HOSTS; i++) {
			client.get(URI.create("http://host-%d.test:%d%s".formatted(i, uri.getPort(), uri.getRawPath())));
		}
		if (client instanceof GrowthTidepool tidepool) {
			Upstreams upstreams = tidepool.context().getBean(Upstreams.class);
			Settled.await(UNTIL_CANARIES, () -> {
				long canaries = upstreams.stats()
					.stream()
					.mapToLong((stats) -> stats.connections(ConnectionRecord.State.CANARY))
					.sum();
				return (canaries >= CANARY_HOSTS) ? null : canaries + " canaries";
			});
		}
	}

}
