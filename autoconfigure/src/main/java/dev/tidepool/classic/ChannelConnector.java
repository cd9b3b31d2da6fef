package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.Addresses;
import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.Exhaustion;
import dev.tidepool.call.Failures;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.call.UpstreamTls;
import dev.tidepool.connection.CallDeadline;
import dev.tidepool.connection.ConnectPhase;
import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.policy.Durations;

/**
 * Makes connections: resolves and tries address by address within one connect time-out
 * for all of it (HttpClient's own counts for each address), with the TLS identity of the
 * caller's partition, else of the upstream. How one socket is connected stays
 * HttpClient's.
 */
final class ChannelConnector {

	private static final SchemePortResolver PORTS = DefaultSchemePortResolver.INSTANCE;

	// SO_TIMEOUT stays 0: what is waited for has a deadline
	private static final SocketConfig SOCKETS = SocketConfig.custom().setSoTimeout(Timeout.DISABLED).build();

	private static final TlsConfig HANDSHAKE_IS_WATCHED = TlsConfig.custom()
		.setHandshakeTimeout(Timeout.DISABLED)
		.build();

	private final UpstreamTls upstreamTls;

	private final BoundedResolver resolver;

	private final NanoClock clock;

	private final ConnectionEvents events;

	ChannelConnector(UpstreamTls upstreamTls, BoundedResolver resolver, NanoClock clock, ConnectionEvents events) {
		this.upstreamTls = upstreamTls;
		this.resolver = resolver;
		this.clock = clock;
		this.events = events;
	}

	/**
	 * Connect, to the upstream or to its proxy.
	 * @param connection what to connect
	 * @param call on whose behalf
	 * @param route the way
	 * @param timeout how long that may take, the handshake aside
	 * @param context the call's
	 * @throws IOException if there is no connection; what there is of it is to be closed
	 */
	void connect(RecordedConnection connection, Call call, HttpRoute route, Duration timeout, HttpContext context)
			throws IOException {
		requireNetwork(route);
		Upstream upstream = call.upstream();
		long start = this.clock.nanoTime();
		boolean success = false;
		try {
			TlsIdentity.Material tls = upstream.key().isSecure() ? tls(call).material() : null;
			connect(connection, call, route, timeout, context, operator(tls));
			connection.established(
					upstream.connected(connection, (tls != null) ? tls.generation() : null, this.clock.nanoTime()),
					upstream.settings());
			success = true;
		}
		finally {
			long now = this.clock.nanoTime();
			upstream.connectFailures().connected(success, now);
			this.events.connected(upstream.stats(), now - start, success);
		}
	}

	private static void requireNetwork(HttpRoute route) {
		try {
			if (route.getUnixDomainSocket() != null) {
				throw new UnsupportedOperationException("Unix domain sockets are not supported");
			}
		}
		catch (NoSuchMethodError ex) {
			// Before HttpClient 5.6 there are none
		}
	}

	private void connect(RecordedConnection connection, Call call, HttpRoute route, Duration connectTimeout,
			HttpContext context, HttpClientConnectionOperator operator) throws IOException {
		HttpHost firstHop = (route.getProxyHost() != null) ? route.getProxyHost() : route.getTargetHost();
		CallDeadline connectDeadline = call.connectDeadline(connectTimeout, this.clock.nanoTime());
		Addresses addresses = new Addresses(resolve(firstHop, call, connectDeadline), this.resolver.failedAddresses());
		PhaseDeadline deadline = connection.deadline();
		while (true) {
			long start = this.clock.nanoTime();
			long left = connectDeadline.left(start);
			if (left == 0) {
				throw Failures.notConnected(call, connectDeadline, addresses, null);
			}
			InetSocketAddress address = addresses.current();
			HttpHost host = new HttpHost(firstHop.getSchemeName(), address.getAddress(), firstHop.getHostName(),
					address.getPort());
			Timeout timeout = Timeout.ofMilliseconds(Math.max(1, addresses.share(left) / 1_000_000));
			if (call.upstream().key().isSecure()) {
				connection.connectStarts(Durations.toNanos(call.upstream().settings().timeout().tlsHandshake()),
						call.deadline());
			}
			try {
				operator.connect(connection, host, route.getTargetName(), route.getLocalSocketAddress(), timeout,
						SOCKETS, HANDSHAKE_IS_WATCHED, context);
				if (!deadline.ends()) {
					throw new SocketException("Given up as it was connected");
				}
				connected(call.upstream().stats(), start, connection);
				addresses.isConnected();
				return;
			}
			catch (IOException thrown) {
				boolean expired = !deadline.ends();
				IOException ex = (IOException) Exhaustion.unlessUnreachable(thrown, address);
				boolean interrupted = Thread.currentThread().isInterrupted();
				boolean ofTls = ex instanceof SSLException && !Failures.isCutOff(ex) && !expired;
				if (!ofTls && !interrupted && Exhaustion.of(ex) == null) {
					addresses.isLost();
				}
				if (expired) {
					throw Failures.expired(ex, call, deadline, "connecting");
				}
				if (ofTls || interrupted) {
					throw ex;
				}
				if (addresses.isLast()) {
					throw Failures.notConnected(call, connectDeadline, addresses, ex);
				}
				addresses.next(ex);
			}
		}
	}

	private void connected(UpstreamStats stats, long start, RecordedConnection connection) {
		this.events.connected(stats, ConnectPhase.TCP, connection.boundAt() - start);
		if (connection.getSSLSession() != null) {
			this.events.connected(stats, ConnectPhase.TLS, this.clock.nanoTime() - connection.boundAt());
		}
	}

	private List<InetSocketAddress> resolve(HttpHost host, Call call, CallDeadline deadline) throws IOException {
		int port = PORTS.resolve(host.getSchemeName(), host);
		long start = this.clock.nanoTime();
		try {
			List<InetSocketAddress> addresses = this.resolver.resolve(call.partition().dnsResolver(),
					host.getHostName(), port, deadline.left(start));
			this.events.connected(call.upstream().stats(), ConnectPhase.DNS, this.clock.nanoTime() - start);
			return addresses;
		}
		catch (TimeoutException ex) {
			throw Failures.notResolved(call, deadline, host.getHostName());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while resolving '%s'".formatted(host.getHostName()));
		}
	}

	/**
	 * Secure a connection, through its tunnel.
	 * @param connection what to secure
	 * @param call on whose behalf
	 * @param route the way
	 * @param context the call's
	 * @throws IOException if it is not secured
	 */
	void upgrade(RecordedConnection connection, Call call, HttpRoute route, HttpContext context) throws IOException {
		Duration timeout = call.upstream().settings().timeout().tlsHandshake();
		PhaseDeadline deadline = connection.deadline();
		long start = this.clock.nanoTime();
		deadline.starts(Phase.TLS_HANDSHAKE, Durations.toNanos(timeout), call.deadline());
		try {
			operator(tls(call).material()).upgrade(connection, route.getTargetHost(), route.getTargetName(), null,
					context);
			if (!deadline.ends()) {
				throw new SocketException("Given up as it was secured");
			}
			this.events.connected(call.upstream().stats(), ConnectPhase.TLS, this.clock.nanoTime() - start);
		}
		catch (IOException ex) {
			throw deadline.isExpired() ? Failures.expired(ex, call, deadline, "connecting") : ex;
		}
		finally {
			deadline.ends();
		}
	}

	private TlsIdentity tls(Call call) {
		return call.partition().tls(this.upstreamTls, call.upstream().settings());
	}

	// HttpClient's own way to connect one socket. A plain connection loads no trust
	// material
	private static HttpClientConnectionOperator operator(TlsIdentity.@Nullable Material tls) {
		return new DefaultHttpClientConnectionOperator(ChannelSocketFactory.INSTANCE, null, null,
				(scheme) -> (tls != null && URIScheme.HTTPS.same(scheme)) ? tls.strategy() : null);
	}

}
