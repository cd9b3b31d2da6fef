package dev.tidepool.call;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLContext;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.tidepool.async.AsyncPool;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.TimeoutSettings;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * A connect that nobody asked for, and that ends when nobody wants it any more.
 */
class ConnectAheadTests {

	private static final Duration FOREVER = Duration.ofMinutes(10);

	private final Upstreams upstreams = new Upstreams(catalog(), 10, NanoClock.SYSTEM);

	private final BoundedResolver resolver = new BoundedResolver();

	private final SharedPool shared = new SharedPool(this.upstreams, new ConnectionEvents());

	private final ClassicPool classic = new ClassicPool(this.shared, ReuseOrder.LIFO, ConnectAheadTests::tls,
			this.resolver);

	private final AsyncPool async = new AsyncPool(this.shared, ReuseOrder.LIFO, ConnectAheadTests::tls, this.resolver);

	@AfterEach
	void closePool() {
		this.shared.close();
		this.resolver.close();
	}

	@ParameterizedTest
	@EnumSource
	void connectInProgressIsBrokenOffByAnInterrupt(ClientKind kind) throws Exception {
		try (ServerSocket stalling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			HttpRoute route = new HttpRoute(new HttpHost("https", "localhost", stalling.getLocalPort()), null, true);
			Upstream upstream = this.upstreams.get(Call.keyOf(route));
			AtomicBoolean keptInterrupt = new AtomicBoolean();
			Thread thread = new Thread(() -> {
				assertThatIOException().isThrownBy(() -> connector(kind).connect(route, call(upstream)));
				keptInterrupt.set(Thread.currentThread().isInterrupted());
			});
			thread.start();
			try {
				// As long as nobody reads there, the handshake goes on
				Awaitility.await().until(() -> Sockets.heldByClients(stalling.getLocalPort()) == 1);
				assertThat(upstream.lane().active()).isOne();
			}
			finally {
				thread.interrupt();
			}
			thread.join(Duration.ofSeconds(20).toMillis());
			assertThat(keptInterrupt).isTrue();
			Awaitility.await().until(() -> Sockets.heldByClients(stalling.getLocalPort()) == 0);
			Awaitility.await().until(() -> upstream.lane().active() == 0 && upstream.stats().connections().isEmpty());
		}
	}

	private ConnectAhead connector(ClientKind kind) {
		return (kind == ClientKind.BLOCKING) ? this.classic.connectAhead() : this.async.connectAhead();
	}

	private Call call(Upstream upstream) {
		return new Call(upstream, new Partition(null, SystemDefaultDnsResolver.INSTANCE), CallerTimeouts.NONE, "ahead",
				upstream.callDeadline(this.shared.clock().nanoTime()));
	}

	private static TlsIdentity tls(UpstreamSettings settings) {
		try {
			return new TlsIdentity(new DefaultClientTlsStrategy(SSLContext.getDefault()));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static UpstreamCatalog catalog() {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		return new UpstreamCatalog(new UpstreamSettings(null, defaults.pool(), defaults.keepAlive(),
				new TimeoutSettings(FOREVER, FOREVER, FOREVER, FOREVER, null), defaults.retry(), defaults.drain(),
				ResponseLimits.DEFAULTS, defaults.redirect(), defaults.proxy(), defaults.sslBundle()), Map.of());
	}

}
