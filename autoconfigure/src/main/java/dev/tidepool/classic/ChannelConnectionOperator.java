package dev.tidepool.classic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.PhaseDeadline;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.Durations;

/**
 * Makes connections: resolves, tries address by address within one connect time-out for
 * all of them (HttpClient's own counts for each), with the TLS identity of the caller's
 * partition, else of the upstream. How one socket is connected stays HttpClient's.
 */
final class ChannelConnectionOperator implements HttpClientConnectionOperator {

	private static final SchemePortResolver PORTS = DefaultSchemePortResolver.INSTANCE;

	private final UpstreamTls upstreamTls;

	private final NanoClock clock;

	private final ConnectionEvents events;

	ChannelConnectionOperator(UpstreamTls upstreamTls, NanoClock clock, ConnectionEvents events) {
		this.upstreamTls = upstreamTls;
		this.clock = clock;
		this.events = events;
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
			TlsIdentity.Material tls = (upstream.key().isSecure() ? tls(call) : TlsIdentity.NONE).material();
			connect(conn, endpointHost, endpointName, localAddress, Objects.requireNonNull(connectTimeout),
					socketConfig, context, call, start, tls.operator());
			RecordedConnection recorded = (RecordedConnection) conn;
			recorded.established(upstream.connected(recorded, upstream.key().isSecure() ? tls.generation() : null,
					this.clock.nanoTime()));
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
			HttpContext context, Call call, long start, HttpClientConnectionOperator operator) throws IOException {
		Upstream upstream = call.upstream();
		int port = PORTS.resolve(endpointHost.getSchemeName(), endpointHost);
		List<InetSocketAddress> addresses = call.partition().dnsResolver().resolve(endpointHost.getHostName(), port);
		if (addresses == null || addresses.isEmpty()) {
			throw new UnknownHostException(endpointHost.getHostName());
		}
		TlsConfig tlsConfig = TlsConfig.custom()
			.setHandshakeTimeout(Timeout.of(upstream.settings().timeout().tlsHandshake()))
			.build();
		long total = connectTimeout.toNanoseconds();
		for (int i = 0;; i++) {
			long left = total - (this.clock.nanoTime() - start);
			int addressesLeft = addresses.size() - i;
			if (left <= 0) {
				throw new ConnectTimeoutException("Connecting to upstream %s failed within %s (%s)".formatted(upstream,
						Durations.display(Duration.ofNanos(total)), call.timeouts().connectProperty(upstream)));
			}
			InetAddress address = addresses.get(i).getAddress();
			HttpHost host = new HttpHost(endpointHost.getSchemeName(), address, endpointHost.getHostName(),
					addresses.get(i).getPort());
			PhaseDeadline deadline = ((RecordedConnection) conn).deadline();
			long slice = left / addressesLeft;
			if (upstream.key().isSecure()) {
				deadline.starts(Phase.TLS_HANDSHAKE,
						slice + Durations.toNanos(upstream.settings().timeout().tlsHandshake()), call.deadline());
			}
			try {
				operator.connect(conn, host, endpointName, localAddress,
						Timeout.ofMilliseconds(Math.max(1, slice / 1_000_000)), socketConfig, tlsConfig, context);
				deadline.ends();
				return;
			}
			catch (IOException ex) {
				if (deadline.isExpired()) {
					throw Failures.expired(ex, call, deadline, "connecting");
				}
				deadline.ends();
				if (addressesLeft == 1 || ex instanceof SSLException || Thread.currentThread().isInterrupted()) {
					throw ex;
				}
			}
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
		deadline.starts(Phase.TLS_HANDSHAKE, Durations.toNanos(timeout), call.deadline());
		try {
			tls(call).material().operator().upgrade(conn, endpointHost, endpointName, attachment, context);
		}
		catch (IOException ex) {
			throw deadline.isExpired() ? Failures.expired(ex, call, deadline, "connecting") : ex;
		}
		finally {
			deadline.ends();
		}
	}

	private TlsIdentity tls(Call call) {
		TlsIdentity ofPartition = call.partition().tls();
		return (ofPartition != null) ? ofPartition : this.upstreamTls.of(call.upstream().settings());
	}

}
