package dev.tidepool.async;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Call;
import dev.tidepool.call.ConnectAhead;
import dev.tidepool.connection.ClientKind;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.TimeoutSettings;

/**
 * Puts connections on the reactor before anybody calls, and waits for each: nobody may
 * wait like this but the threads that keep connections ready.
 */
final class IdleConnector implements ConnectAhead {

	private final AsyncPool pool;

	IdleConnector(AsyncPool pool) {
		this.pool = pool;
	}

	@Override
	public ClientKind kind() {
		return ClientKind.REACTIVE;
	}

	@Override
	public boolean connect(HttpRoute route, Call call) throws IOException {
		Upstream upstream = call.upstream();
		if (!upstream.lane().tryEnter()) {
			return false;
		}
		try {
			AsyncConnection connection = connectIfThereIsRoom(route, call);
			if (connection == null) {
				return false;
			}
			this.pool.release(connection, call, route, true);
			requireNotLostAtOnce(connection);
			return true;
		}
		finally {
			this.pool.shared().leave(upstream);
		}
	}

	// Until it is idle, nobody learns from its end; from then on a caller may have used
	// it
	private static void requireNotLostAtOnce(AsyncConnection connection) throws ConnectionClosedException {
		ConnectionRecord record = connection.record();
		if (!connection.isOpen()
				&& (record == null || (record.requests() == 0 && !record.isClosing(CloseReason.SHRINK)))) {
			throw new ConnectionClosedException("The connection was closed as soon as it was made");
		}
	}

	private @Nullable AsyncConnection connectIfThereIsRoom(HttpRoute route, Call call) throws IOException {
		Upstream upstream = call.upstream();
		upstream.sockets().add();
		try {
			return this.pool.shared().eviction().hasRoom(upstream) ? await(route, call) : null;
		}
		finally {
			upstream.sockets().remove();
		}
	}

	private AsyncConnection await(HttpRoute route, Call call) throws IOException {
		Connected connected = new Connected();
		Cancellable connecting = this.pool.connectAhead(call, route, connected);
		boolean arrived = false;
		try {
			AsyncConnection connection = connected.get(longestNanos(call.upstream()), TimeUnit.NANOSECONDS);
			arrived = true;
			return connection;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof IOException io) ? io : new IOException(ex.getCause());
		}
		catch (CancellationException | TimeoutException ex) {
			SocketTimeoutException late = new SocketTimeoutException("Connecting has not ended in time");
			late.initCause(ex);
			throw late;
		}
		finally {
			if (!arrived) {
				connecting.cancel();
				connected.thenAccept((unwanted) -> unwanted.giveUp(CloseReason.CANCELLED));
			}
		}
	}

	// Its own deadlines come first
	private static long longestNanos(Upstream upstream) {
		TimeoutSettings timeouts = upstream.settings().timeout();
		return Durations.toNanos(timeouts.connect().plus(timeouts.tlsHandshake()));
	}

	private static final class Connected extends CompletableFuture<AsyncConnection>
			implements FutureCallback<AsyncConnection> {

		@Override
		public void completed(AsyncConnection connection) {
			complete(connection);
		}

		@Override
		public void failed(Exception ex) {
			completeExceptionally(ex);
		}

		@Override
		public void cancelled() {
			cancel(false);
		}

	}

}
