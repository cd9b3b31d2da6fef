package dev.tidepool.async;

import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.connection.CloseReason;

/**
 * The connection that is being made for what an endpoint holds. It counts as a socket
 * until it does so by itself, or is given up.
 */
final class AwaitedConnection implements Cancellable, FutureCallback<AsyncConnection> {

	private final Endpoint endpoint;

	private final Holding holding;

	private final FutureCallback<? super Endpoint> callback;

	private final AtomicBoolean counted = new AtomicBoolean();

	private volatile @Nullable Cancellable connecting;

	AwaitedConnection(Endpoint endpoint, Holding holding, FutureCallback<? super Endpoint> callback) {
		this.endpoint = endpoint;
		this.holding = holding;
		this.callback = callback;
	}

	/**
	 * Begin to make it.
	 * @param call on whose behalf
	 */
	void start(Call call) {
		this.holding.connects(this);
		this.counted.set(true);
		this.holding.upstream().sockets().add();
		try {
			AsyncPool pool = this.endpoint.pool();
			pool.shared().eviction().makeRoom(this.holding.upstream());
			this.connecting = pool.connect(call, this.holding.route(), this);
		}
		finally {
			if (!this.endpoint.holds(this.holding)) {
				// Given up meanwhile, before all of this could be taken back
				cancel();
			}
		}
	}

	private void settled() {
		if (this.counted.compareAndSet(true, false)) {
			this.holding.upstream().sockets().remove();
		}
	}

	@Override
	public void completed(AsyncConnection connected) {
		this.holding.connected(connected);
		settled();
		if (this.endpoint.holds(this.holding)) {
			this.callback.completed(this.endpoint);
		}
		else {
			connected.giveUp(CloseReason.CANCELLED);
			this.callback.failed(new InterruptedIOException("Cancelled"));
		}
	}

	@Override
	public void failed(Exception ex) {
		settled();
		this.callback.failed(ex);
	}

	@Override
	public void cancelled() {
		failed(new InterruptedIOException("Cancelled"));
	}

	@Override
	public boolean cancel() {
		Cancellable connecting = this.connecting;
		boolean first = connecting != null && connecting.cancel();
		settled();
		return first;
	}

}
