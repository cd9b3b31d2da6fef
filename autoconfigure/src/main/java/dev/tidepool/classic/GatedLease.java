package dev.tidepool.classic;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

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

	private final HttpRoute route;

	private final Call call;

	private final Timeout timeout;

	GatedLease(CallConnectionManager manager, HttpRoute route, Call call, Timeout timeout) {
		this.manager = manager;
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
			RecordedConnection connection = take();
			long now = clock.nanoTime();
			gated = new GatedEndpoint(this.manager, this.call, this.route, connection, now,
					Lease.start(this.call.upstream(), clock));
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
		if (Thread.interrupted()) {
			// Else it would be the connection that ends
			throw new InterruptedException();
		}
		Shutdown shutdown = this.manager.upstreams().shutdown();
		return shutdown.refuses(this.call.deadline().started()) ? Admission.CLOSED
				: this.call.upstream().lane().enter(this.timeout.toNanoseconds());
	}

	private @Nullable RecordedConnection take() {
		boolean taken = false;
		try {
			RecordedConnection connection = this.manager.pool().take(this.call, this.route);
			taken = true;
			return connection;
		}
		finally {
			if (!taken) {
				this.call.upstream().lane().leave();
			}
		}
	}

	@Override
	public boolean cancel() {
		// Whoever waits is interrupted, or gives up by itself
		return false;
	}

}
