package dev.tidepool.async;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Addresses;
import dev.tidepool.call.Call;
import dev.tidepool.call.Exhaustion;
import dev.tidepool.call.Failures;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Upstream;

/**
 * A connection that is being made: a name is looked up, its addresses are tried one by
 * one within one connect time-out for all of it, and what is connected is secured. The
 * steps follow each other on whatever thread the last one ended.
 */
final class Connecting implements Cancellable {

	private final Connector connector;

	private final SharedPool shared;

	private final Call call;

	private final Upstream upstream;

	private final HttpRoute route;

	private final FutureCallback<AsyncConnection> callback;

	private final NanoClock clock;

	private final long started;

	private final CallDeadline deadline;

	private final HttpHost firstHop;

	private final AtomicBoolean over = new AtomicBoolean();

	private final LatestStep step = new LatestStep();

	private boolean mayMakeRoom;

	Connecting(Connector connector, Call call, HttpRoute route, boolean needed,
			FutureCallback<AsyncConnection> callback) {
		this.connector = connector;
		this.shared = connector.shared();
		this.call = call;
		this.upstream = call.upstream();
		this.route = route;
		this.mayMakeRoom = needed;
		this.callback = callback;
		this.clock = this.shared.clock();
		this.started = this.clock.nanoTime();
		this.deadline = call.connectDeadline(call.timeouts().connect(this.upstream), this.started);
		HttpHost proxy = route.getProxyHost();
		this.firstHop = (proxy != null) ? proxy : route.getTargetHost();
	}

	void resolve() {
		String host = this.firstHop.getHostName();
		NameLookup lookup = new NameLookup(
				this.connector.resolver().resolve(this.call.partition().dnsResolver(), host, this.firstHop.getPort()));
		lookup.endsWithin(this.deadline.left(this.started), this.shared.deadlines(), () -> {
			lookup.cancel();
			failed(Failures.notResolved(this.call, this.deadline, host));
		});
		lookup.start(this::resolved, (ex) -> exhaustedOr(ex, () -> orFail(this::resolve), () -> failed(ex)));
		this.step.begins(lookup);
	}

	private void resolved(List<InetSocketAddress> found) {
		orFail(() -> {
			this.shared.events()
				.connected(this.upstream.stats(), ConnectPhase.DNS, this.clock.nanoTime() - this.started);
			connectCurrent(new Addresses(found, this.connector.resolver().failedAddresses()));
		});
	}

	// Nobody but the call would learn of what is thrown between the steps
	private void orFail(Runnable next) {
		try {
			next.run();
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
		}
	}

	private void connect(Addresses addresses) {
		orFail(() -> connectCurrent(addresses));
	}

	private void connectCurrent(Addresses addresses) {
		long start = this.clock.nanoTime();
		long left = this.deadline.left(start);
		if (left == 0) {
			failed(notConnected(addresses, null));
			return;
		}
		TcpConnect connect = new TcpConnect(this.connector.newConnection(this.call), addresses.current(),
				(connection) -> connected(connection, addresses, start),
				(ex) -> exhaustedOr(ex, () -> connect(addresses), () -> connectNext(addresses, ex)));
		if (left != Long.MAX_VALUE) {
			connect.endsWithin(addresses.share(left), this.shared.deadlines(), connect::isLate);
		}
		try {
			connect.start(this.connector.reactor(), this.firstHop);
		}
		catch (IllegalStateException ex) {
			failed(Failures.closed(this.call));
			return;
		}
		this.step.begins(connect);
	}

	private void connectNext(Addresses addresses, Exception ex) {
		addresses.isLost();
		if (this.over.get()) {
			return;
		}
		IOException failure = connectFailure(addresses, ex);
		if (addresses.isLast()) {
			failed(notConnected(addresses, failure));
		}
		else {
			addresses.next(failure);
			connect(addresses);
		}
	}

	private IOException notConnected(Addresses addresses, @Nullable IOException last) {
		return Failures.notConnected(this.call, this.deadline, addresses, last);
	}

	private IOException connectFailure(Addresses addresses, Exception ex) {
		if (ex instanceof BindException || ex instanceof NoRouteToHostException) {
			return (IOException) ex;
		}
		if (ex instanceof ConnectException) {
			HttpHostConnectException refused = new HttpHostConnectException(
					"Connect to %s %s failed: %s".formatted(this.firstHop, addresses.all(), ex.getMessage()),
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
		else if (this.mayMakeRoom && this.shared.eviction().giveUp(Exhaustion.GIVEN_UP_AT_ONCE) > 0) {
			this.mayMakeRoom = false;
			again.run();
		}
		else {
			failed(exhaustion.describe(this.upstream, this.shared.upstreams().gate(), (IOException) ex));
		}
	}

	private void connected(AsyncConnection connection, Addresses addresses, long start) {
		try {
			this.shared.events().connected(this.upstream.stats(), ConnectPhase.TCP, this.clock.nanoTime() - start);
			secure(connection, addresses);
		}
		catch (RuntimeException | Error ex) {
			connection.close(CloseMode.IMMEDIATE);
			failed(ex);
		}
	}

	private void secure(AsyncConnection connection, Addresses addresses) {
		TlsIdentity.Material tls = this.upstream.key().isSecure() ? this.connector.tls(this.call) : null;
		if (tls == null || this.route.isTunnelled()) {
			established(connection, addresses, tls);
			return;
		}
		TlsHandshake handshake = new TlsHandshake(this.shared, connection, this.call,
				() -> established(connection, addresses, tls), (ex) -> notSecured(connection, addresses, ex));
		this.step.begins(handshake);
		handshake.start(tls, this.route);
	}

	private void notSecured(AsyncConnection connection, Addresses addresses, Exception ex) {
		connection.close(CloseMode.IMMEDIATE);
		if (!this.over.get() && (!(ex instanceof SSLException) || Failures.isCutOff(ex))) {
			addresses.isLost();
		}
		failed(ex);
	}

	private void established(AsyncConnection connection, Addresses addresses, TlsIdentity.@Nullable Material tls) {
		addresses.isConnected();
		long now = this.clock.nanoTime();
		connection.established(this.upstream.connected(connection, (tls != null) ? tls.generation() : null, now));
		tell(now, true);
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
			tell(this.clock.nanoTime(), false);
			this.callback.failed(ex);
		}
	}

	private void tell(long now, boolean success) {
		this.upstream.connectFailures().connected(success, now);
		this.shared.events().connected(this.upstream.stats(), now - this.started, success);
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
