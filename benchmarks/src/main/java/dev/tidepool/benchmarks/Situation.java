package dev.tidepool.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.context.ApplicationContext;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
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
	PAUSE("After a pause", "nobody called for %d s before"),

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

	String what(Options options) {
		return this.what.formatted(options.pause().toSeconds());
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
	 * @return what goes on
	 */
	Disturbance begin(GrowthClient client, Request request, Options options) throws IOException, InterruptedException {
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
			return begin(tidepool.context(), request);
		}
		return Disturbance.none();
	}

	private Disturbance begin(ApplicationContext context, Request request) {
		Collection<UpstreamStats> stats = context.getBean(Upstreams.class).stats();
		return switch (this) {
			case STEADY, PAUSE -> Disturbance.none();
			case SWEEPS -> {
				LongAdder sweeps = new LongAdder();
				SharedPool pool = context.getBean(SharedPool.class);
				yield Disturbance.each(Duration.ofMillis(20), () -> {
					pool.sweepNow();
					sweeps.increment();
				}, sweeps::sum);
			}
			case CANARIES -> Disturbance.seenBy(() -> canaries(stats));
			case ROTATION -> {
				Path certificate = Objects.requireNonNull(request.certificate());
				SslBundleRegistry bundles = context.getBean(SslBundleRegistry.class);
				yield Disturbance.each(Duration.ofSeconds(1),
						() -> bundles.updateBundle("upstream", SslBundle.of(Request.trust(certificate))),
						() -> stats.stream().mapToLong((each) -> each.closed(CloseReason.TLS_ROTATED)).sum());
			}
		};
	}

	private static long canaries(Collection<UpstreamStats> stats) {
		return stats.stream().mapToLong((each) -> each.connections(ConnectionRecord.State.CANARY)).sum();
	}

	private static void awaitCanaries(GrowthClient client, URI uri) throws IOException, InterruptedException {
		for (int i = 0; i < CANARY_HOSTS; i++) {
			client.get(URI.create("http://host-%d.test:%d%s".formatted(i, uri.getPort(), uri.getRawPath())));
		}
		if (client instanceof GrowthTidepool tidepool) {
			Upstreams upstreams = tidepool.context().getBean(Upstreams.class);
			Settled.await(UNTIL_CANARIES, () -> {
				long canaries = canaries(upstreams.stats());
				return (canaries >= CANARY_HOSTS) ? null : canaries + " canaries";
			});
		}
	}

}
