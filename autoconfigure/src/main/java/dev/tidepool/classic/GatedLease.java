package dev.tidepool.classic;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.Lease;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.connection.UpstreamStats;

/**
 * A lease that passes the gate first.
 */
final class GatedLease implements LeaseRequest {

	private final CallConnectionManager manager;

	private final String id;

	private final HttpRoute route;

	private final Call call;

	private final Timeout timeout;

	GatedLease(CallConnectionManager manager, String id, HttpRoute route, Call call, Timeout timeout) {
		this.manager = manager;
		this.id = id;
		this.route = route;
		this.call = call;
		this.timeout = timeout;
	}

	@Override
	public ConnectionEndpoint get(Timeout ignored) throws InterruptedException, ExecutionException, TimeoutException {
		NanoClock clock = this.manager.upstreams().clock();
		ConnectionEvents events = this.manager.events();
		UpstreamStats stats = this.call.upstream().stats();
		long start = clock.nanoTime();
		GatedEndpoint gated = null;
		boolean success = false;
		try {
			Admission admission = enter();
			if (admission == Admission.CLOSED) {
				throw new ExecutionException(Failures.closed(this.call));
			}
			if (admission != Admission.ADMITTED) {
				stats.refused(admission);
				long now = clock.nanoTime();
				throw new ExecutionException(Failures.exhausted(this.call, admission, this.manager.upstreams().gate(),
						this.timeout.toNanoseconds(), now - start, now));
			}
			ConnectionEndpoint endpoint = lease();
			long now = clock.nanoTime();
			gated = new GatedEndpoint(this.manager, this.call, endpoint, now, Lease.start(this.call.upstream(), clock));
			this.call.leased(gated);
			events.acquired(stats, now - start);
			success = true;
			return gated;
		}
		finally {
			if (gated == null) {
				events.notAcquired(stats, clock.nanoTime() - start);
			}
			else if (!success) {
				// HttpClient does not know of the lease
				this.manager.release(gated, null, TimeValue.ZERO_MILLISECONDS);
			}
		}
	}

	private Admission enter() throws InterruptedException {
		Shutdown shutdown = this.manager.upstreams().shutdown();
		return shutdown.refuses(this.call.deadline().started()) ? Admission.CLOSED
				: this.call.upstream().lane().enter(this.timeout.toNanoseconds());
	}

	private ConnectionEndpoint lease() throws InterruptedException, ExecutionException, TimeoutException {
		PoolingHttpClientConnectionManager connections = this.manager.connections();
		boolean leased = false;
		try {
			// Past the gate there is the pool's lock to wait for, no more; bounded,
			// that wait would end in an exception that says nothing
			ConnectionEndpoint endpoint = take(
					connections.lease(this.id, this.route, Timeout.DISABLED, this.call.partition()));
			leased = true;
			return endpoint;
		}
		catch (CancellationException ex) {
			// What the pool makes of an interrupt
			throw new InterruptedException();
		}
		catch (IllegalStateException ex) {
			if (connections.isClosed()) {
				throw new ExecutionException(Failures.closed(this.call));
			}
			throw ex;
		}
		finally {
			if (!leased) {
				this.call.upstream().lane().leave();
			}
		}
	}

	private ConnectionEndpoint take(LeaseRequest lease)
			throws InterruptedException, ExecutionException, TimeoutException {
		try {
			return lease.get(this.timeout);
		}
		catch (InterruptedException ex) {
			// Another thread may just have handed the connection over
			if (!lease.cancel()) {
				this.manager.connections()
					.release(lease.get(this.timeout), this.call.partition(), TimeValue.NEG_ONE_MILLISECOND);
			}
			throw ex;
		}
	}

	@Override
	public boolean cancel() {
		// Whoever waits is interrupted, or gives up by itself
		return false;
	}

}
