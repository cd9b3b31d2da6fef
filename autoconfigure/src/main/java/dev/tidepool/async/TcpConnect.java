package dev.tidepool.async;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Exhaustion;

/**
 * A connection that is being opened to one address.
 */
final class TcpConnect extends Step implements FutureCallback<IOSession> {

	private final AsyncConnection connection;

	private final InetSocketAddress address;

	private final Consumer<AsyncConnection> connected;

	private final Consumer<Exception> failed;

	private volatile @Nullable Future<IOSession> session;

	/**
	 * Create what opens a connection.
	 * @param connection the connection, closed if it is not opened
	 * @param address the address
	 * @param connected told of the connection
	 * @param failed told why there is none: a {@link SocketTimeoutException} if it was
	 * too late
	 */
	TcpConnect(AsyncConnection connection, InetSocketAddress address, Consumer<AsyncConnection> connected,
			Consumer<Exception> failed) {
		this.connection = connection;
		this.address = address;
		this.connected = connected;
		this.failed = failed;
	}

	/**
	 * Begin to open it.
	 * @param reactor where
	 * @param host what the address is of
	 * @throws IllegalStateException if the reactor is closed; then nobody is told
	 */
	void start(Reactor reactor, HttpHost host) {
		boolean success = false;
		try {
			this.session = reactor.started().connect(host, this.address, null, Timeout.DISABLED, this.connection, this);
			success = true;
		}
		finally {
			if (!success) {
				cancel();
			}
		}
	}

	void isLate() {
		giveUp();
		this.failed.accept(new SocketTimeoutException("Connecting has not ended in time"));
	}

	@Override
	public void completed(IOSession session) {
		if (ends()) {
			this.connected.accept(this.connection);
		}
		else {
			session.close(CloseMode.IMMEDIATE);
		}
	}

	@Override
	public void failed(Exception ex) {
		if (ends()) {
			this.connection.close(CloseMode.IMMEDIATE);
			this.failed.accept(Exhaustion.unlessUnreachable(ex, this.address));
		}
	}

	@Override
	public void cancelled() {
		failed(new SocketException("Connecting was cancelled"));
	}

	@Override
	public boolean cancel() {
		boolean first = ends();
		if (first) {
			giveUp();
		}
		return first;
	}

	private void giveUp() {
		Future<IOSession> session = this.session;
		if (session != null) {
			session.cancel(true);
		}
		this.connection.close(CloseMode.IMMEDIATE);
	}

}
