package dev.tidepool.async;

import java.util.function.Consumer;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.SharedPool;

/**
 * Makes connections on the reactor, with the TLS identity of the caller's partition, else
 * of the upstream.
 */
final class Connector {

	private final SharedPool shared;

	private final Reactor reactor;

	private final UpstreamTls upstreamTls;

	private final BoundedResolver resolver;

	private final Runnable removal;

	Connector(SharedPool shared, Reactor reactor, UpstreamTls upstreamTls, BoundedResolver resolver, Runnable removal) {
		this.shared = shared;
		this.reactor = reactor;
		this.upstreamTls = upstreamTls;
		this.resolver = resolver;
		this.removal = removal;
	}

	/**
	 * Make a connection.
	 * @param call on whose behalf
	 * @param route the way to its upstream
	 * @param needed whether idle connections are given up if the process has run out of
	 * descriptors or ports
	 * @param callback gets the connection, or why there is none
	 * @return what gives it up
	 */
	Cancellable connect(Call call, HttpRoute route, boolean needed, FutureCallback<AsyncConnection> callback) {
		Connecting connecting = new Connecting(this, call, route, needed, callback);
		connecting.resolve();
		return connecting;
	}

	/**
	 * Secure a connection through a proxy's tunnel.
	 * @param connection the connection
	 * @param call on whose behalf
	 * @param route the way to its upstream
	 * @param secured run when it is
	 * @param failed told why it is not
	 */
	void upgrade(AsyncConnection connection, Call call, HttpRoute route, Runnable secured, Consumer<Exception> failed) {
		new TlsHandshake(this.shared, connection, call, secured, failed).start(tls(call), route);
	}

	AsyncConnection newConnection(Call call) {
		return new AsyncConnection(this.shared, this.removal, call.upstream().settings());
	}

	TlsIdentity.Material tls(Call call) {
		return call.partition().tls(this.upstreamTls, call.upstream().settings()).material();
	}

	SharedPool shared() {
		return this.shared;
	}

	Reactor reactor() {
		return this.reactor;
	}

	BoundedResolver resolver() {
		return this.resolver;
	}

}
