package dev.tidepool.async;

import java.io.IOException;
import java.net.SocketException;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;

import dev.tidepool.call.Call;
import dev.tidepool.call.Failures;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.policy.Durations;

/**
 * A connection that is being secured, within the time that the deadline of the connection
 * watches over.
 */
final class TlsHandshake extends Step implements FutureCallback<TransportSecurityLayer> {

	private static final TlsConfig TLS = TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build();

	private final SharedPool shared;

	private final AsyncConnection connection;

	private final Call call;

	private final Runnable secured;

	private final Consumer<Exception> failed;

	private final long start;

	/**
	 * Create what secures a connection.
	 * @param shared where it is counted
	 * @param connection the connection; it is not closed if it is not secured
	 * @param call on whose behalf
	 * @param secured run when it is secured
	 * @param failed told why it is not
	 */
	TlsHandshake(SharedPool shared, AsyncConnection connection, Call call, Runnable secured,
			Consumer<Exception> failed) {
		this.shared = shared;
		this.connection = connection;
		this.call = call;
		this.secured = secured;
		this.failed = failed;
		this.start = shared.clock().nanoTime();
	}

	/**
	 * Begin the handshake.
	 * @param tls with what
	 * @param route the way to whom
	 */
	void start(TlsIdentity.Material tls, HttpRoute route) {
		ProtocolIOSession session = this.connection.session();
		if (session == null) {
			failed(new SocketException("The connection is not there any more"));
			return;
		}
		this.connection.connects(this::isLost);
		this.connection.deadline()
			.starts(Phase.TLS_HANDSHAKE, Durations.toNanos(this.call.upstream().settings().timeout().tlsHandshake()),
					this.call.deadline());
		if (!session.isOpen()) {
			// Before it could be told
			isLost();
			return;
		}
		NamedEndpoint name = route.getTargetName();
		try {
			tls.strategy().upgrade(session, (name != null) ? name : route.getTargetHost(), TLS, Timeout.DISABLED, this);
		}
		catch (RuntimeException ex) {
			failed(ex);
		}
	}

	private void isLost() {
		failed(Failures.cutOff(new SocketException("The connection was closed")));
	}

	@Override
	public void completed(TransportSecurityLayer layer) {
		if (ends()) {
			this.connection.connects(() -> {
			});
			if (!this.connection.deadline().ends()) {
				this.failed.accept(expired(new SocketException("Given up as it was secured")));
				return;
			}
			this.shared.events()
				.connected(this.call.upstream().stats(), ConnectPhase.TLS, this.shared.clock().nanoTime() - this.start);
			this.secured.run();
		}
	}

	@Override
	public void failed(Exception ex) {
		if (ends()) {
			boolean expired = !this.connection.deadline().ends();
			this.failed.accept(expired ? expired(ex)
					: (ex instanceof RuntimeException) ? new SSLException("The TLS handshake failed", ex) : ex);
		}
	}

	private IOException expired(Exception ex) {
		return Failures.expired(ex, this.call, this.connection.deadline(), "connecting");
	}

	@Override
	public void cancelled() {
		failed(new SocketException("The TLS handshake was cancelled"));
	}

	// It ends as the connection is lost
	@Override
	public boolean cancel() {
		this.connection.close(CloseMode.IMMEDIATE);
		return true;
	}

}
