package dev.tidepool.classic;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;

import dev.tidepool.call.Call;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.UpstreamCatalog;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The pool has a connection handed over by whichever thread is there, so that an
 * interrupt can come between the hand-over and its receiver.
 */
class InterruptedLeaseTests {

	private static final Timeout TIMEOUT = Timeout.ofSeconds(10);

	private final Upstreams upstreams = new Upstreams(new UpstreamCatalog(UpstreamSettings.DEFAULTS, Map.of()), 10,
			System::nanoTime);

	private final Upstream upstream = this.upstreams.get(new UpstreamKey("http", "orders", 80, null));

	private final Call call = new Call(this.upstream, new Partition(null, SystemDefaultDnsResolver.INSTANCE),
			CallerTimeouts.NONE, "one", new CallDeadline(System.nanoTime(), null, "tidepool.timeout.call"));

	@Test
	void connectionThatWasHandedOverGoesBack() {
		try (PoolingHttpClientConnectionManager connections = new InterruptingConnections();
				SharedPool shared = new SharedPool(this.upstreams, new ConnectionEvents())) {
			CallConnectionManager manager = new CallConnectionManager(connections, shared);
			LeaseRequest lease = manager.lease("one", new HttpRoute(new HttpHost("http", "orders", 80)), TIMEOUT,
					this.call);
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> lease.get(TIMEOUT));
			assertThat(connections.getTotalStats().getLeased()).isZero();
			assertThat(this.upstream.lane().active()).isZero();
		}
	}

	/**
	 * Interrupts who waits for a connection that is there already.
	 */
	private static final class InterruptingConnections extends PoolingHttpClientConnectionManager {

		@Override
		public LeaseRequest lease(String id, HttpRoute route, Timeout timeout, Object state) {
			return new InterruptedOnce(super.lease(id, route, timeout, state));
		}

	}

	private static final class InterruptedOnce implements LeaseRequest {

		private final LeaseRequest lease;

		private boolean interrupted;

		InterruptedOnce(LeaseRequest lease) {
			this.lease = lease;
		}

		@Override
		public ConnectionEndpoint get(Timeout timeout)
				throws InterruptedException, ExecutionException, TimeoutException {
			if (!this.interrupted) {
				this.interrupted = true;
				throw new InterruptedException();
			}
			return this.lease.get(timeout);
		}

		@Override
		public boolean cancel() {
			return this.lease.cancel();
		}

	}

}
