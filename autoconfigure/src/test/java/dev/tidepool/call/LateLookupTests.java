package dev.tidepool.call;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What remains of the wait for a name whose resolver hangs.
 */
class LateLookupTests {

	private final Upstreams upstreams = new Upstreams(catalog(), 10, NanoClock.SYSTEM);

	private final BoundedResolver resolver = new BoundedResolver(1, 50, BoundedResolver::thread);

	private final SharedPool shared = new SharedPool(this.upstreams, new ConnectionEvents());

	private final ClassicPool classic = new ClassicPool(this.shared, ReuseOrder.LIFO, LateLookupTests::noTls,
			this.resolver);

	private final AsyncPool async = new AsyncPool(this.shared, ReuseOrder.LIFO, LateLookupTests::noTls, this.resolver);

	private final HangingResolver names = new HangingResolver();

	@AfterEach
	void close() {
		this.names.goesOn.countDown();
		this.shared.close();
		this.resolver.close();
	}

	@ParameterizedTest
	@EnumSource
	void lookUpThatNobodyWaitsForAnyMoreDoesNotStayInLine(ClientKind kind) {
		assertNotResolved(kind, "hangs");
		assertNotResolved(kind, "waits-for-the-thread");
		// The one that has a thread cannot be stopped
		Awaitility.await().until(() -> this.resolver.underway() == 1);
		assertThat(this.upstreams.gate().active()).isZero();
	}

	private void assertNotResolved(ClientKind kind, String host) {
		ConnectAhead connector = (kind == ClientKind.BLOCKING) ? this.classic.connectAhead()
				: this.async.connectAhead();
		HttpRoute route = new HttpRoute(new HttpHost("http", host, 80));
		Upstream upstream = this.upstreams.get(Call.keyOf(route));
		Call call = new Call(upstream, new Partition(null, this.names), CallerTimeouts.NONE, "ahead",
				upstream.callDeadline(this.shared.clock().nanoTime()));
		assertThatExceptionOfType(ConnectTimeoutException.class).isThrownBy(() -> connector.connect(route, call))
			.withMessageContaining("'%s' was not resolved".formatted(host));
	}

	private static TlsIdentity noTls(UpstreamSettings settings) {
		throw new IllegalStateException("Nothing is secure here");
	}

	private static UpstreamCatalog catalog() {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		Duration forever = Duration.ofMinutes(1);
		return new UpstreamCatalog(new UpstreamSettings(null, defaults.pool(), defaults.keepAlive(),
				new TimeoutSettings(Duration.ofMillis(50), forever, forever, forever, null), defaults.retry(),
				defaults.drain(), ResponseLimits.DEFAULTS, defaults.redirect(), defaults.proxy(), defaults.sslBundle()),
				Map.of());
	}

	private static final class HangingResolver implements DnsResolver {

		private final CountDownLatch goesOn = new CountDownLatch(1);

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			try {
				this.goesOn.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			throw new UnknownHostException(host);
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
