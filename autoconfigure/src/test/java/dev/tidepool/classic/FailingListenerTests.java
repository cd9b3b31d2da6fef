package dev.tidepool.classic;

import java.util.Map;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionListener;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.ReuseOrder;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A lease that a listener (a meter registry of the application, for one) fails to take
 * in.
 */
class FailingListenerTests {

	private static final Timeout TIMEOUT = Timeout.ofSeconds(10);

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 10,
			System::nanoTime);

	private final Upstream upstream = this.upstreams.get(new UpstreamKey("http", "orders", 80, null));

	private final Call call = new Call(this.upstream, new Partition(null, SystemDefaultDnsResolver.INSTANCE),
			CallerTimeouts.NONE, "one", new CallDeadline(System.nanoTime(), null, "tidepool.timeout.call"));

	@Test
	void callGoesOnWhenListenerFails() throws Exception {
		ConnectionEvents events = new ConnectionEvents();
		events.add(new ConnectionListener() {
			@Override
			public void acquired(UpstreamStats upstream, long nanos, boolean success) {
				throw new IllegalStateException("No meter");
			}
		});
		try (BoundedResolver resolver = new BoundedResolver();
				SharedPool shared = new SharedPool(this.upstreams, events)) {
			HttpClientConnectionManager manager = new ClassicPool(shared, ReuseOrder.LIFO, (settings) -> {
				throw new AssertionError("No TLS here");
			}, resolver).manager();
			LeaseRequest lease = manager.lease("one", new HttpRoute(new HttpHost("http", "orders", 80)), TIMEOUT,
					this.call);
			ConnectionEndpoint endpoint = lease.get(TIMEOUT);
			assertThat(this.upstream.lane().active()).isOne();
			manager.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
			assertThat(this.upstream.lane().active()).isZero();
		}
	}

}
