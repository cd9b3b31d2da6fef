package dev.tidepool.async;

import java.io.IOException;
import java.util.Map;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A connect between whose steps something is thrown that nobody foresaw, as by a meter
 * registry with a class missing.
 */
@Timeout(60)
class ConnectingTests {

	private final ConnectionEvents events = new ConnectionEvents();

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 10,
			NanoClock.SYSTEM);

	private final BoundedResolver resolver = new BoundedResolver();

	private final SharedPool shared = new SharedPool(this.upstreams, this.events);

	private final AsyncPool pool = new AsyncPool(this.shared, ReuseOrder.LIFO, (settings) -> {
		throw new IllegalStateException("Nothing is secure here");
	}, this.resolver);

	@AfterEach
	void close() {
		this.shared.close();
		this.resolver.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "DNS", "TCP" })
	void callIsToldOfWhatIsThrownBetweenTheStepsAndTheNextOneConnects(ConnectPhase failing) throws Exception {
		ConnectionListener listener = new ConnectionListener() {

			@Override
			public void connected(UpstreamStats upstream, ConnectPhase phase, long nanos) {
				if (phase == failing) {
					throw new NoClassDefFoundError("com/example/Meter");
				}
			}

		};
		try (ScriptedServer server = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"))) {
			this.events.add(listener);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(server))
				.withStackTraceContaining("NoClassDefFoundError: com/example/Meter");
			assertThat(this.upstreams.gate().active()).isZero();
			this.events.remove(listener);
			assertThat(connect(server)).isTrue();
		}
	}

	private boolean connect(ScriptedServer server) throws IOException {
		HttpRoute route = new HttpRoute(new HttpHost("http", "localhost", server.uri("/").getPort()));
		Upstream upstream = this.upstreams.get(Call.keyOf(route));
		return this.pool.connectAhead()
			.connect(route, new Call(upstream, new Partition(null, SystemDefaultDnsResolver.INSTANCE),
					CallerTimeouts.NONE, "ahead", upstream.callDeadline(this.shared.clock().nanoTime())));
	}

}
