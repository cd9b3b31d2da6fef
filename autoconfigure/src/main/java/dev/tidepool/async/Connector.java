package dev.tidepool.async;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.IOSession;
import org.apache.hc.core5.reactor.ProtocolIOSession;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.Exhaustion;
import dev.tidepool.call.Failures;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.Alarm;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;

/**
 * Makes connections on the reactor: resolves and tries address by address within one
 * connect time-out for all of it, then secures the connection.
 */
final class Connector {

	private static final TlsConfig TLS = TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1).build();

	private final SharedPool shared;

	private final Reactor reactor;

	private final UpstreamTls upstreamTls;

	private final BoundedResolver resolver;

	private final Runnable removal;

	private final TlsLook tlsLook;

	Connector(SharedPool shared, Reactor reactor, UpstreamTls upstreamTls, BoundedResolver resolver, Runnable removal,
			TlsLook tlsLook) {
		this.shared = shared;
		this.reactor = reactor;
		this.upstreamTls = upstreamTls;
		this.resolver = resolver;
		this.removal = removal;
		this.tlsLook = tlsLook;
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
		Connecting connecting = new Connecting(call, route, needed, callback);
		connecting.resolve();
		return connecting;
	}

	/**
	 * Secure a connection through a proxy's tunnel.
	 * @param connection the connection
	 * @param call on whose behalf
	 * @param route the way to its upstream
	 * @param callback told when it is
	 */
	void upgrade(AsyncConnection connection, Call call, HttpRoute route, FutureCallback<AsyncConnection> callback) {
		new Securing(connection, call, route, tls(call), callback).start();
	}

	private TlsIdentity.Material tls(Call call) {
		return call.partition().tls(this.upstreamTls, call.upstream().settings()).material();
	}

	private final class Connecting implements Cancellable {

		private final Call call;

		private final Upstream upstream;

		private final HttpRoute route;

		private final FutureCallback<AsyncConnection> callback;

		private final NanoClock clock = Connector.this.shared.clock();

		private final ConnectionEvents events = Connector.this.shared.events();

		private final long started = this.clock.nanoTime();

		private final CallDeadline deadline;

		private final AtomicBoolean over = new AtomicBoolean();

		private final HttpHost firstHop;

		private List<InetSocketAddress> addresses = List.of();

		private @Nullable IOException first;

		private boolean mayMakeRoom;

		private final LatestStep step = new LatestStep();

		Connecting(Call call, HttpRoute route, boolean needed, FutureCallback<AsyncConnection> callback) {
			this.call = call;
			this.upstream = call.upstream();
			this.route = route;
			this.mayMakeRoom = needed;
			this.callback = callback;
			HttpHost proxy = route.getProxyHost();
			this.firstHop = (proxy != null) ? proxy : route.getTargetHost();
			this.deadline = call.connectDeadline(call.timeouts().connect(this.upstream), this.started);
		}

		void resolve() {
			AtomicBoolean answered = new AtomicBoolean();
			CompletableFuture<List<InetSocketAddress>> lookup = Connector.this.resolver
				.resolve(this.call.partition().dnsResolver(), this.firstHop.getHostName(), this.firstHop.getPort());
			Alarm alarm = alarm(this.deadline.left(this.started), () -> {
				if (answered.compareAndSet(false, true)) {
					lookup.cancel(false);
					failed(Failures.notResolved(this.call, this.deadline, this.firstHop.getHostName()));
				}
			});
			lookup.whenComplete((found, ex) -> {
				if (answered.compareAndSet(false, true)) {
					alarm.cancel();
					if (found != null) {
						resolved(found);
					}
					else {
						exhaustedOr(ex, this::resolve, () -> failed(ex));
					}
				}
			});
			this.step.begins(answered,
					() -> answered.compareAndSet(false, true) && alarm.cancel() | lookup.cancel(false));
		}

		private void resolved(List<InetSocketAddress> found) {
			this.events.connected(this.upstream.stats(), ConnectPhase.DNS, this.clock.nanoTime() - this.started);
			this.addresses = Connector.this.resolver.failedAddresses().last(found);
			connect(0);
		}

		private Alarm alarm(long nanos, Runnable task) {
			return Connector.this.shared.deadlines().after(nanos, task);
		}

		// Nobody but the call would learn of what is thrown here
		private void connect(int index) {
			try {
				connectTo(index);
			}
			catch (RuntimeException | Error ex) {
				failed(ex);
			}
		}

		private void connectTo(int index) {
			long start = this.clock.nanoTime();
			long left = this.deadline.left(start);
			int addressesLeft = this.addresses.size() - index;
			if (left == 0) {
				failed(Failures.notConnected(this.call, this.deadline, this.addresses.size(), null));
				return;
			}
			AsyncConnection connection = new AsyncConnection(Connector.this.shared, Connector.this.removal,
					Connector.this.tlsLook, this.upstream.settings());
			AtomicBoolean answered = new AtomicBoolean();
			Runnable timedOut = () -> {
				if (answered.compareAndSet(false, true)) {
					this.step.ends();
					connection.close(CloseMode.IMMEDIATE);
					isLost(index);
					nextAddress(index, null);
				}
			};
			Alarm alarm = (left == Long.MAX_VALUE) ? null : alarm(left / addressesLeft, timedOut);
			Future<IOSession> session;
			try {
				session = Connector.this.reactor.started()
					.connect(this.firstHop, this.addresses.get(index), null, Timeout.DISABLED, connection,
							new FutureCallback<>() {

								@Override
								public void completed(IOSession session) {
									if (answered.compareAndSet(false, true)) {
										cancel(alarm);
										connected(connection, index, start);
									}
									else {
										session.close(CloseMode.IMMEDIATE);
									}
								}

								@Override
								public void failed(Exception thrown) {
									if (answered.compareAndSet(false, true)) {
										cancel(alarm);
										connection.close(CloseMode.IMMEDIATE);
										Exception ex = Exhaustion.unlessUnreachable(thrown,
												Connecting.this.addresses.get(index));
										exhaustedOr(ex, () -> connect(index), () -> {
											isLost(index);
											nextAddress(index, ex);
										});
									}
								}

								@Override
								public void cancelled() {
									failed(new SocketException("Connecting was cancelled"));
								}
							});
			}
			catch (IllegalStateException ex) {
				cancel(alarm);
				connection.close(CloseMode.IMMEDIATE);
				failed(Failures.closed(this.call));
				return;
			}
			this.step.begins(answered, () -> {
				boolean first = answered.compareAndSet(false, true);
				cancel(alarm);
				session.cancel(true);
				if (first) {
					connection.close(CloseMode.IMMEDIATE);
				}
				return first;
			});
		}

		private static void cancel(@Nullable Alarm alarm) {
			if (alarm != null) {
				alarm.cancel();
			}
		}

		private void nextAddress(int index, @Nullable Exception ex) {
			if (this.over.get()) {
				return;
			}
			IOException failure = (ex != null) ? connectFailure(ex) : null;
			IOException first = (this.first != null) ? this.first : failure;
			this.first = first;
			if (index + 1 < this.addresses.size()) {
				connect(index + 1);
			}
			else if (failure == null || first == null) {
				failed(Failures.notConnected(this.call, this.deadline, this.addresses.size(), null));
			}
			else {
				failed(Failures.mostTelling(first, failure));
			}
		}

		private void isLost(int index) {
			Connector.this.resolver.failedAddresses().failed(this.addresses.get(index), this.addresses);
		}

		private IOException connectFailure(Exception ex) {
			if (ex instanceof BindException || ex instanceof NoRouteToHostException) {
				return (IOException) ex;
			}
			if (ex instanceof ConnectException) {
				HttpHostConnectException refused = new HttpHostConnectException(
						"Connect to %s %s failed: %s".formatted(this.firstHop, this.addresses, ex.getMessage()),
						this.firstHop);
				refused.initCause(ex);
				return refused;
			}
			return (ex instanceof IOException io) ? io : new IOException(ex);
		}

		// Nothing is held back for idle connections that one in use needs
		private void exhaustedOr(Throwable ex, Runnable again, Runnable otherwise) {
			Exhaustion exhaustion = (ex instanceof IOException io) ? Exhaustion.of(io) : null;
			if (exhaustion == null) {
				otherwise.run();
			}
			else if (this.mayMakeRoom && Connector.this.shared.eviction().giveUp(Exhaustion.GIVEN_UP_AT_ONCE) > 0) {
				this.mayMakeRoom = false;
				again.run();
			}
			else {
				failed(exhaustion.describe(this.upstream, Connector.this.shared.upstreams().gate(), (IOException) ex));
			}
		}

		private void connected(AsyncConnection connection, int index, long start) {
			try {
				secure(connection, index, start);
			}
			catch (RuntimeException | Error ex) {
				connection.close(CloseMode.IMMEDIATE);
				failed(ex);
			}
		}

		private void secure(AsyncConnection connection, int index, long start) {
			long now = this.clock.nanoTime();
			this.events.connected(this.upstream.stats(), ConnectPhase.TCP, now - start);
			TlsIdentity.Material tls = this.upstream.key().isSecure() ? tls(this.call) : null;
			FutureCallback<AsyncConnection> established = new FutureCallback<>() {

				@Override
				public void completed(AsyncConnection secured) {
					Connector.this.resolver.failedAddresses().connected(Connecting.this.addresses.get(index));
					established(secured, tls);
				}

				@Override
				public void failed(Exception ex) {
					connection.close(CloseMode.IMMEDIATE);
					if (!Connecting.this.over.get() && (!(ex instanceof SSLException) || Failures.isCutOff(ex))) {
						isLost(index);
					}
					Connecting.this.failed(ex);
				}

				@Override
				public void cancelled() {
					failed(new SocketException("Connecting was cancelled"));
				}
			};
			if (tls != null && !this.route.isTunnelled()) {
				this.step.begins(new AtomicBoolean(), () -> {
					connection.close(CloseMode.IMMEDIATE);
					return true;
				});
				new Securing(connection, this.call, this.route, tls, established).start();
			}
			else {
				established.completed(connection);
			}
		}

		private void established(AsyncConnection connection, TlsIdentity.@Nullable Material tls) {
			long now = this.clock.nanoTime();
			connection.established(this.upstream.connected(connection, (tls != null) ? tls.generation() : null, now));
			this.upstream.connectFailures().connected(true, now);
			this.events.connected(this.upstream.stats(), now - this.started, true);
			if (this.over.compareAndSet(false, true)) {
				this.callback.completed(connection);
			}
			else {
				connection.giveUp(CloseReason.CANCELLED);
			}
		}

		private void failed(Throwable thrown) {
			Exception ex = (thrown instanceof Exception exception) ? exception : new IllegalStateException(thrown);
			if (this.over.compareAndSet(false, true)) {
				long now = this.clock.nanoTime();
				this.upstream.connectFailures().connected(false, now);
				this.events.connected(this.upstream.stats(), now - this.started, false);
				this.callback.failed(ex);
			}
		}

		@Override
		public boolean cancel() {
			boolean first = this.over.compareAndSet(false, true);
			if (first) {
				this.step.cancel();
			}
			return first;
		}

	}

	/**
	 * One TLS handshake.
	 */
	private final class Securing implements FutureCallback<TransportSecurityLayer> {

		private final AsyncConnection connection;

		private final Call call;

		private final HttpRoute route;

		private final TlsIdentity.Material tls;

		private final FutureCallback<AsyncConnection> callback;

		private final long start = Connector.this.shared.clock().nanoTime();

		private final AtomicBoolean over = new AtomicBoolean();

		Securing(AsyncConnection connection, Call call, HttpRoute route, TlsIdentity.Material tls,
				FutureCallback<AsyncConnection> callback) {
			this.connection = connection;
			this.call = call;
			this.route = route;
			this.tls = tls;
			this.callback = callback;
		}

		void start() {
			ProtocolIOSession session = this.connection.session();
			if (session == null) {
				failed(new SocketException("The connection is not there any more"));
				return;
			}
			this.connection.connects(this::isLost);
			this.connection.deadline()
				.starts(Phase.TLS_HANDSHAKE,
						Durations.toNanos(this.call.upstream().settings().timeout().tlsHandshake()),
						this.call.deadline());
			if (!session.isOpen()) {
				// Before it could be told
				isLost();
				return;
			}
			NamedEndpoint name = this.route.getTargetName();
			try {
				this.tls.strategy()
					.upgrade(session, (name != null) ? name : this.route.getTargetHost(), TLS, Timeout.DISABLED, this);
			}
			catch (RuntimeException ex) {
				failed(ex);
			}
		}

		private void isLost() {
			failed(Failures.cutOff(new SocketException("The connection was closed")));
		}

		@Override
		public void completed(TransportSecurityLayer secured) {
			if (this.over.compareAndSet(false, true)) {
				this.connection.connects(() -> {
				});
				if (!this.connection.deadline().ends()) {
					this.callback.failed(expired(new SocketException("Given up as it was secured")));
					return;
				}
				Connector.this.shared.events()
					.connected(this.call.upstream().stats(), ConnectPhase.TLS,
							Connector.this.shared.clock().nanoTime() - this.start);
				this.callback.completed(this.connection);
			}
		}

		@Override
		public void failed(Exception ex) {
			if (this.over.compareAndSet(false, true)) {
				boolean expired = !this.connection.deadline().ends();
				this.callback.failed(expired ? expired(ex)
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

	}

}
