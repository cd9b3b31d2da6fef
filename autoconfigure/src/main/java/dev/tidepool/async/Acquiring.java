package dev.tidepool.async;

import java.io.InterruptedIOException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.Durations;

/**
 * The way of an endpoint through the gate.
 */
final class Acquiring implements Cancellable {

	private final Endpoint endpoint;

	private final SharedPool shared;

	private final Call call;

	private final HttpRoute route;

	private final FutureCallback<? super Endpoint> callback;

	private final UpstreamStats stats;

	private final long start;

	private long timeout;

	private volatile @Nullable GateWait wait;

	Acquiring(Endpoint endpoint, Call call, HttpRoute route, FutureCallback<? super Endpoint> callback) {
		this.endpoint = endpoint;
		this.shared = endpoint.pool().shared();
		this.call = call;
		this.route = route;
		this.callback = callback;
		this.stats = call.upstream().stats();
		this.start = now();
	}

	private long now() {
		return this.shared.clock().nanoTime();
	}

	void start() {
		if (this.shared.upstreams().shutdown().refuses(this.call.deadline().started())) {
			answer(Admission.CLOSED);
		}
		else if (this.call.upstream().lane().tryEnter()) {
			admitted();
		}
		else {
			await();
		}
	}

	private void await() {
		this.timeout = Math.min(Durations.toNanos(this.call.upstream().settings().pool().acquireTimeout()),
				this.call.deadline().left(this.start));
		GateWait wait = new GateWait(this::answer);
		this.wait = wait;
		wait.start(this.call.upstream().lane(), this.timeout, this.shared.deadlines());
		if (this.endpoint.isCancelled()) {
			cancel();
		}
	}

	private void answer(Admission admission) {
		if (admission == Admission.ADMITTED) {
			admitted();
			return;
		}
		long now = now();
		this.shared.events().notAcquired(this.stats, now - this.start);
		Exception refusal;
		if (admission == Admission.CLOSED) {
			refusal = Failures.closed(this.call);
		}
		else {
			this.stats.refused(admission);
			refusal = Failures.exhausted(this.call, admission, this.shared.upstreams().gate(), this.timeout,
					now - this.start, now);
		}
		this.endpoint.refused(refusal);
		this.callback.failed(refusal);
	}

	private void admitted() {
		long now = now();
		Holding holding = null;
		try {
			holding = new Holding(this.endpoint, this.call, this.route,
					this.endpoint.pool().take(this.call, this.route), now);
			this.call.leased(holding);
			this.endpoint.acquired(holding);
			this.shared.events().acquired(this.stats, now - this.start);
		}
		catch (RuntimeException ex) {
			// Whatever that is, the place at the gate is not lost
			if (holding == null || !this.endpoint.release(holding, false)) {
				this.call.upstream().lane().leave();
			}
			this.callback.failed(ex);
			return;
		}
		if (this.endpoint.isCancelled()) {
			holding.closing(CloseReason.CANCELLED);
			this.endpoint.release(holding, true);
			this.callback.failed(new InterruptedIOException("Cancelled"));
		}
		else {
			this.callback.completed(this.endpoint);
		}
	}

	@Override
	public boolean cancel() {
		GateWait wait = this.wait;
		if (wait == null || !wait.cancel()) {
			return false;
		}
		this.shared.events().notAcquired(this.stats, now() - this.start);
		return true;
	}

}
