package dev.tidepool.classic;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.call.BoundedResolver;
import dev.tidepool.call.Call;
import dev.tidepool.call.Exhaustion;
import dev.tidepool.call.FailedAddresses;
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
final class ChannelConnectionOperator implements HttpClientConnectionOperator {

	private static final SchemePortResolver PORTS = DefaultSchemePortResolver.INSTANCE;

	private static final TlsConfig HANDSHAKE_IS_WATCHED = TlsConfig.custom()
		.setHandshakeTimeout(Timeout.DISABLED)
		.build();

	private final UpstreamTls upstreamTls;

	private final BoundedResolver resolver;

	private final NanoClock clock;

	private final ConnectionEvents events;

	private final FailedAddresses failedAddresses;

	ChannelConnectionOperator(UpstreamTls upstreamTls, BoundedResolver resolver, NanoClock clock,
			ConnectionEvents events) {
		this.upstreamTls = upstreamTls;
		this.resolver = resolver;
		this.clock = clock;
		this.events = events;
		this.failedAddresses = resolver.failedAddresses();
	}

	@Override
	public void connect(ManagedHttpClientConnection conn, HttpHost host, @Nullable InetSocketAddress localAddress,
			@Nullable TimeValue connectTimeout, SocketConfig socketConfig, HttpContext context) throws IOException {
		throw new UnsupportedOperationException("Superseded by the variant with an attachment");
	}

	@Override
	public void connect(ManagedHttpClientConnection conn, HttpHost endpointHost, @Nullable NamedEndpoint endpointName,
			@Nullable Path unixDomainSocket, @Nullable InetSocketAddress localAddress, @Nullable Timeout connectTimeout,
			SocketConfig socketConfig, @Nullable Object attachment, HttpContext context) throws IOException {
		if (unixDomainSocket != null) {
			throw new UnsupportedOperationException("Unix domain sockets are not supported");
		}
		connect(conn, endpointHost, endpointName, localAddress, connectTimeout, socketConfig, attachment, context);
	}

	@Override
	public void connect(ManagedHttpClientConnection conn, HttpHost endpointHost, @Nullable NamedEndpoint endpointName,
			@Nullable InetSocketAddress localAddress, @Nullable Timeout connectTimeout, SocketConfig socketConfig,
			@Nullable Object attachment, HttpContext context) throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		Upstream upstream = call.upstream();
		long start = this.clock.nanoTime();
		boolean success = false;
		try {
			TlsIdentity.Material tls = upstream.key().isSecure() ? tls(call).material() : null;
			connect(conn, endpointHost, endpointName, localAddress, Objects.requireNonNull(connectTimeout),
					socketConfig, context, call, operator(tls));
			RecordedConnection recorded = (RecordedConnection) conn;
			recorded.established(
					upstream.connected(recorded, (tls != null) ? tls.generation() : null, this.clock.nanoTime()),
					upstream.settings());
			success = true;
		}
		finally {
			long now = this.clock.nanoTime();
			upstream.connectFailures().connected(success, now);
			this.events.connected(upstream.stats(), now - start, success);
		}
	}

	private void connect(ManagedHttpClientConnection conn, HttpHost endpointHost, @Nullable NamedEndpoint endpointName,
			@Nullable InetSocketAddress localAddress, Timeout connectTimeout, SocketConfig socketConfig,
			HttpContext context, Call call, HttpClientConnectionOperator operator) throws IOException {
		CallDeadline connectDeadline = call.connectDeadline(connectTimeout.toDuration(), this.clock.nanoTime());
		List<InetSocketAddress> addresses = this.failedAddresses.last(resolve(endpointHost, call, connectDeadline));
		RecordedConnection recorded = (RecordedConnection) conn;
		PhaseDeadline deadline = recorded.deadline();
		IOException first = null;
		for (int i = 0;; i++) {
			long start = this.clock.nanoTime();
			long left = connectDeadline.left(start);
			int addressesLeft = addresses.size() - i;
			if (left == 0) {
				throw Failures.notConnected(call, connectDeadline, addresses.size(), null);
			}
			InetSocketAddress address = addresses.get(i);
			HttpHost host = new HttpHost(endpointHost.getSchemeName(), address.getAddress(), endpointHost.getHostName(),
					address.getPort());
			Timeout timeout = Timeout.ofMilliseconds(Math.max(1, left / addressesLeft / 1_000_000));
			if (call.upstream().key().isSecure()) {
				recorded.connectStarts(Durations.toNanos(call.upstream().settings().timeout().tlsHandshake()),
						call.deadline());
			}
			try {
				operator.connect(conn, host, endpointName, localAddress, timeout, socketConfig, HANDSHAKE_IS_WATCHED,
						context);
				if (!deadline.ends()) {
					throw new SocketException("Given up as it was connected");
				}
				connected(call.upstream().stats(), start, recorded);
				this.failedAddresses.connected(address);
				return;
			}
			catch (IOException thrown) {
				boolean expired = !deadline.ends();
				IOException ex = (IOException) Exhaustion.unlessUnreachable(thrown, address);
				boolean interrupted = Thread.currentThread().isInterrupted();
				boolean ofTls = ex instanceof SSLException && !Failures.isCutOff(ex) && !expired;
				if (!ofTls && !interrupted && Exhaustion.of(ex) == null) {
					this.failedAddresses.failed(address, addresses);
				}
				if (expired) {
					throw Failures.expired(ex, call, deadline, "connecting");
				}
				if (ofTls || interrupted) {
					throw ex;
				}
				first = (first != null) ? first : ex;
				if (addressesLeft == 1) {
					throw (ex instanceof SocketTimeoutException)
							? Failures.notConnected(call, connectDeadline, addresses.size(), ex)
							: Failures.mostTelling(first, ex);
				}
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

	@Override
	public void upgrade(ManagedHttpClientConnection conn, HttpHost host, HttpContext context) throws IOException {
		upgrade(conn, host, null, null, context);
	}

	@Override
	public void upgrade(ManagedHttpClientConnection conn, HttpHost endpointHost, @Nullable NamedEndpoint endpointName,
			@Nullable Object attachment, HttpContext context) throws IOException {
		Call call = Objects.requireNonNull(Call.of(context), "No call in progress");
		Duration timeout = call.upstream().settings().timeout().tlsHandshake();
		PhaseDeadline deadline = ((RecordedConnection) conn).deadline();
		long start = this.clock.nanoTime();
		deadline.starts(Phase.TLS_HANDSHAKE, Durations.toNanos(timeout), call.deadline());
		try {
			operator(tls(call).material()).upgrade(conn, endpointHost, endpointName, attachment, context);
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
