package dev.tidepool.bounds;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

import dev.tidepool.call.CallerSettings;
import dev.tidepool.call.CallerSettings.Cookies;
import dev.tidepool.call.CallerTimeouts;
import dev.tidepool.call.Partition;
import dev.tidepool.call.TlsIdentity;
import dev.tidepool.classic.ClassicClientFactory;
import dev.tidepool.classic.ClassicPool;
import dev.tidepool.classic.PoolAccess;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Client;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * No local port is left to connect from (FAULTS 63). No test takes them all: connecting
 * fails as the system has it fail.
 */
class PortsTests {

	private static final int IDLE = 12;

	private final AtomicInteger failures = new AtomicInteger();

	private DnsResolver dnsResolver = SystemDefaultDnsResolver.INSTANCE;

	private final ApplicationContextRunner runner = TestRunners.application()
		.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.keep-alive.upstream-timeout=1m",
				"tidepool.retry.backoff.initial=1ms");

	@Test
	void idleConnectionsAreGivenUpAndTheCallSucceeds() throws Exception {
		try (ScriptedServer server = tlsServer(); ScriptedServer other = server()) {
			this.runner.run((context) -> {
				openIdle(context, other);
				this.failures.set(1);
				assertThat(get(client(context), server)).isEqualTo("fine");
				assertThat(this.failures).hasValue(0);
				Awaitility.await().until(() -> other.open() == IDLE - 10);
				Awaitility.await().until(() -> stats(context, other).closed(CloseReason.SHRINK) == 10);
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	@FaultCase(value = 63, over = Transport.TLS, through = Client.REST_CLIENT)
	void callFailsFastAndSaysSoAndTheNextSucceedsWhenThereArePortsAgain() throws Exception {
		try (ScriptedServer server = tlsServer(); ScriptedServer other = server()) {
			this.runner.run((context) -> {
				openIdle(context, other);
				this.failures.set(Integer.MAX_VALUE);
				RestClient client = client(context);
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(client, server))
					.havingCause()
					.isInstanceOf(ConnectException.class)
					.withMessageStartingWith("No local port is left to connect to upstream https://localhost:")
					.withMessageContaining("net.ipv4.ip_local_port_range")
					.withMessageContaining("tidepool.pool.max-total, which is 1000, with 1 in use")
					.withCauseInstanceOf(BindException.class);
				assertThat(server.requests()).isZero();
				Awaitility.await().until(() -> other.open() == 0);
				assertThat(context.getBean(Upstreams.class).gate().active()).isZero();
				this.failures.set(0);
				assertThat(get(client, server)).isEqualTo("fine");
				assertThat(server.requests()).isOne();
			});
		}
	}

	@Test
	void addressThatCannotBeReachedFromHereDoesNotHideThatAnotherRefused() throws Exception {
		try (ScriptedServer server = tlsServer(); ScriptedServer other = server()) {
			this.runner.run((context) -> {
				openIdle(context, other);
				this.failures.set(Integer.MAX_VALUE);
				this.dnsResolver = new TwoAddresses();
				assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> get(client(context), server))
					.havingCause()
					.isInstanceOf(ConnectException.class)
					.withMessageContaining("refused")
					.withMessageNotContaining("No local port");
				assertThat(other.open()).isEqualTo(IDLE);
			});
		}
	}

	private RestClient client(ApplicationContext context) {
		TlsIdentity identity = new TlsIdentity(
				new FailingStrategy(context.getBean(SslBundles.class).getBundle("own").createSslContext()));
		Partition partition = new Partition(identity, this.dnsResolver);
		return RestClient.builder()
			.requestFactory(new HttpComponentsClientHttpRequestFactory(
					new ClassicClientFactory(context.getBean(ClassicPool.class), List.of())
						.create(new CallerSettings(partition, CallerTimeouts.NONE, true, Cookies.NONE))))
			.build();
	}

	private final class FailingStrategy extends DefaultClientTlsStrategy {

		FailingStrategy(SSLContext context) {
			super(context);
		}

		@Override
		public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext context)
				throws IOException {
			if (PortsTests.this.failures.getAndUpdate((left) -> Math.max(0, left - 1)) > 0) {
				throw new BindException("Cannot assign requested address");
			}
			return super.upgrade(socket, target, port, attachment, context);
		}

	}

	private static void openIdle(ApplicationContext context, ScriptedServer server) throws Exception {
		PoolAccess access = new PoolAccess(context.getBean(ClassicPool.class), server.url());
		List<ConnectionEndpoint> endpoints = new ArrayList<>();
		for (int i = 0; i < IDLE; i++) {
			ConnectionEndpoint endpoint = access.lease();
			access.connect(endpoint);
			endpoints.add(endpoint);
		}
		endpoints.forEach(access::release);
		Awaitility.await().until(() -> server.open() == IDLE);
	}

	private static UpstreamStats stats(ApplicationContext context, ScriptedServer server) {
		return context.getBean(Upstreams.class)
			.stats()
			.stream()
			.filter((each) -> each.tag().endsWith(":" + server.port()))
			.findFirst()
			.orElseThrow();
	}

	private static ScriptedServer server() throws Exception {
		return ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
	}

	private static ScriptedServer tlsServer() throws Exception {
		return ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
	}

	private static String get(RestClient client, ScriptedServer server) {
		return client.get().uri(server.url()).retrieve().body(String.class);
	}

	/**
	 * Nobody listens at the first.
	 */
	private static final class TwoAddresses implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return new InetAddress[] { InetAddress.getByName("127.0.0.2"), InetAddress.getByName("127.0.0.1") };
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
