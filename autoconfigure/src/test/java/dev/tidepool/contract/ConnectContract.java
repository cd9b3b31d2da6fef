package dev.tidepool.contract;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLException;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Upstreams that cannot be connected to, or have moved, or are not who they should be.
 */
abstract class ConnectContract extends Contract {

	private static final String QUICK_BACKOFF = "tidepool.retry.backoff.initial=1ms";

	ConnectContract(ContractSide side) {
		super(side);
	}

	@Test
	@FaultCase(16)
	void nameWithoutAddressIsAnUnknownHost() throws Exception {
		ScriptedResolver names = new ScriptedResolver().with("nowhere");
		run((runner) -> runner.withBean(DnsResolver.class, () -> names),
				(application) -> assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().get(URI.create("http://nowhere:80/")))
					.havingCause()
					.isInstanceOf(UnknownHostException.class)
					.withMessageContaining("nowhere"),
				QUICK_BACKOFF);
	}

	@ParameterizedTest
	@FaultCase(value = 17, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void nameThatHasMovedIsCalledAtItsNewAddress(boolean tls) throws Exception {
		ScriptedServer before = serve(tls, (exchange) -> exchange.respond(200, "before"));
		ScriptedServer after = serveAt("127.0.0.2", before.port(), tls, (exchange) -> exchange.respond(200, "after"));
		ScriptedResolver names = new ScriptedResolver().with("localhost", "127.0.0.1");
		run((runner) -> runner.withBean(DnsResolver.class, () -> names), (application) -> {
			assertThat(application.client().post(before.uri("/"))).isEqualTo("before");
			names.with("localhost", "127.0.0.2");
			// The connection that there is goes on to be used for as long as it may live
			eventually().until(() -> application.stats(before).closed(CloseReason.LIFETIME) == 1);
			eventually().until(() -> before.open() == 0);
			assertThat(application.client().post(before.uri("/"))).isEqualTo("after");
			assertThat(after.requests()).isOne();
			// No name leads there any more
			before.close();
		}, "tidepool.pool.max-lifetime=300ms");
		assertThat(before.requests()).isOne();
		assertThat(before.accepted()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 20, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void upstreamThatIsBackIsCalledAgain(boolean tls) throws Exception {
		ScriptedServer before = serve(tls, (exchange) -> exchange.respond(200, "before"));
		run((application) -> {
			ContractClient client = application.client();
			assertThat(client.get(before.uri("/"))).isEqualTo("before");
			before.close();
			for (Kind kind : new Kind[] { Kind.GET, Kind.POST }) {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> client.exchange(kind.request(before.uri("/"))))
					.havingCause()
					.isInstanceOf(ConnectException.class);
			}
			application.isAtRest();
			ScriptedServer after = serveAt("127.0.0.1", before.port(), tls,
					(exchange) -> exchange.respond(200, "after"));
			for (int i = 0; i < 3; i++) {
				assertThat(client.post(before.uri("/"))).isEqualTo("after");
			}
			assertThat(after.accepted()).isOne();
			assertThat(after.requests()).isEqualTo(3);
			assertThat(application.stats(after).connections(State.IDLE)).isOne();
		}, QUICK_BACKOFF);
		assertThat(before.requests()).isOne();
	}

	@ParameterizedTest
	@FaultCase(value = 58, over = Transport.TLS)
	@CsvSource({ "expired, authority, CertificateExpiredException", "elsewhere, elsewhere, subject alternative",
			"second, first, PKIX path building failed" })
	void certificateThatIsNotInOrderIsRefusedAtOnce(String certificate, String trusted, String reason)
			throws Exception {
		ScriptedServer server = serveTls(certificate, (exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			for (Kind kind : new Kind[] { Kind.GET, Kind.POST }) {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().exchange(kind.request(server.uri("/"))))
					.havingCause()
					.isInstanceOf(SSLException.class)
					.satisfies((refused) -> assertThat(refused).hasStackTraceContaining(reason));
				application.isAtRest();
			}
			eventually().until(() -> application.stats(server).connections().isEmpty());
			eventually().until(() -> Sockets.heldByClients(server.port()) == 0 && server.accepted() == 2);
			server.close();
		}, TestTls.trustProperty("own", trusted), QUICK_BACKOFF);
		assertThat(server.requests()).isZero();
	}

	@ParameterizedTest
	@FaultCase(value = 63, over = { Transport.PLAIN, Transport.TLS })
	@ValueSource(booleans = { false, true })
	void callFailsWhileThereIsNoDescriptorAndSucceedsWhenThereIs(boolean tls) throws Exception {
		AtomicBoolean exhausted = new AtomicBoolean();
		ScriptedServer server = serve(tls, (exchange) -> exchange.respond(200, "fine"));
		run((runner) -> runner.withBean(DnsResolver.class, () -> new Exhausted(exhausted)), (application) -> {
			exhausted.set(true);
			for (Kind kind : new Kind[] { Kind.GET, Kind.POST }) {
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> application.client().exchange(kind.request(server.uri("/"))))
					.havingCause()
					.isInstanceOf(ConnectException.class)
					.withMessageContainingAll("No file descriptor is left", server.url(), "ulimit -n");
				application.isAtRest();
			}
			assertThat(server.accepted()).isZero();
			exhausted.set(false);
			assertThat(application.client().post(server.uri("/"))).isEqualTo("fine");
		}, QUICK_BACKOFF);
		assertThat(server.requests()).isOne();
	}

	/**
	 * A name service that needs a descriptor, as the system's.
	 */
	private record Exhausted(AtomicBoolean exhausted) implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			if (this.exhausted.get()) {
				throw new UnknownHostException(host + ": Too many open files");
			}
			return new InetAddress[] { InetAddress.getByName("127.0.0.1") };
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
