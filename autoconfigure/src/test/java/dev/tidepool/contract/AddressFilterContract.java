package dev.tidepool.contract;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.InetAddressFilter;

import dev.tidepool.AddressFilteredException;
import dev.tidepool.testsupport.FaultCase;
import dev.tidepool.testsupport.FaultCase.Transport;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where a filter is set, no address that it refuses is connected to, whatever led there.
 */
abstract class AddressFilterContract extends Contract {

	private static final String ALLOWED = "127.0.0.1";

	AddressFilterContract(ContractSide side) {
		super(side);
	}

	@Override
	final boolean mayBeServedAgain() {
		return false;
	}

	private void runFiltered(InetAddressFilter filter, DnsResolver names, Case test, String... properties) {
		run((runner) -> runner.withBean(InetAddressFilter.class, () -> filter).withBean(DnsResolver.class, () -> names),
				test, properties);
	}

	private static void isFiltered(ContractApplication application, URI uri) {
		ContractClient client = application.client();
		assertThatExceptionOfType(ContractFailure.class).as(uri.toString())
			.isThrownBy(() -> client.get(uri))
			.havingCause()
			.isInstanceOf(AddressFilteredException.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "127.0.0.2", "localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
			"[::ffff:7f00:1]", "0.0.0.0", "[::]", "169.254.169.254", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
			"[fe80::1]", "[fd00:ec2::254]", "10.0.0.1", "192.168.0.1", "[64:ff9b::7f00:1]" })
	@FaultCase(64)
	void literalOfAnAddressThatIsNotExternalIsNotConnectedTo(String host) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "inside"));
		runFiltered(InetAddressFilter.externalAddresses(), SystemDefaultDnsResolver.INSTANCE,
				(application) -> isFiltered(application, URI.create("http://" + host + ":" + server.port() + "/")));
		assertThat(server.accepted()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1",
			"127.0.0.1.", "localhost.", "0", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]", "127.0.0.01" })
	@FaultCase(64)
	void oddFormOfLoopbackIsNotConnectedTo(String host) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "inside"));
		runFiltered(InetAddressFilter.externalAddresses(), SystemDefaultDnsResolver.INSTANCE, (application) -> {
			ContractClient client = application.client();
			// Whether the JVM takes it for an address, for a name, or for neither
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> client.get(URI.create("http://" + host + ":" + server.port() + "/")));
		}, "tidepool.timeout.connect=300ms", "tidepool.retry.enabled=false");
		assertThat(server.accepted()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.2", "2130706434", "0x7f000002", "127.2", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]",
			"named.test" })
	@FaultCase(64)
	void targetOfARedirectIsFilteredAndTheFirstConnectionLivesOn(String host) throws Exception {
		ScriptedServer inside = serve((exchange) -> exchange.respond(200, "inside"));
		ScriptedServer server = serve((exchange) -> {
			if (exchange.request().path().equals("/old")) {
				exchange.respond(307, "", "Location: http://" + host + ":" + inside.port() + "/");
			}
			else {
				exchange.respond(200, "fine");
			}
		});
		DnsResolver names = new NamedOrSystem(new ScriptedResolver().with("named.test", "127.0.0.2"));
		runFiltered(InetAddressFilter.of(ALLOWED), names, (application) -> {
			ContractClient client = application.client();
			assertThatExceptionOfType(ContractFailure.class)
				.isThrownBy(() -> client.post(URI.create("http://127.0.0.1:" + server.port() + "/old")));
			assertThat(client.get(URI.create("http://127.0.0.1:" + server.port() + "/fine"))).isEqualTo("fine");
		}, "tidepool.timeout.connect=2s", "tidepool.retry.enabled=false");
		assertThat(inside.accepted()).isZero();
		assertThat(server.accepted()).isOne();
	}

	@Test
	@FaultCase(64)
	void addressThatWasCheckedIsTheOneThatIsConnectedTo() throws Exception {
		ScriptedServer inside = serve((exchange) -> exchange.respond(200, "inside"));
		// Answers with another address each time it is asked: rebinding
		List<String> answers = new ArrayList<>();
		AtomicInteger asked = new AtomicInteger();
		DnsResolver rebinding = new Fixed(() -> {
			String answer = (asked.getAndIncrement() % 2 == 0) ? "127.0.0.3" : "127.0.0.1";
			answers.add(answer);
			return answer;
		});
		runFiltered(InetAddressFilter.not("127.0.0.1"), rebinding, (application) -> {
			URI uri = URI.create("http://rebinding.test:" + inside.port() + "/");
			// The first answer passes the filter, and nobody listens there
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> application.client().get(uri))
				.havingCause()
				.isNotInstanceOf(AddressFilteredException.class);
			assertThat(asked).hasValue(1);
			isFiltered(application, uri);
			assertThat(asked).hasValue(2);
		}, "tidepool.retry.enabled=false");
		assertThat(answers).containsExactly("127.0.0.3", "127.0.0.1");
		assertThat(inside.accepted()).isZero();
	}

	@Test
	void eachNewConnectionIsCheckedAnew() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine", "Connection: close"));
		AtomicInteger asked = new AtomicInteger();
		DnsResolver names = new Fixed(() -> (asked.getAndIncrement() == 0) ? "127.0.0.1" : "127.0.0.2");
		runFiltered(InetAddressFilter.of(ALLOWED), names, (application) -> {
			URI uri = URI.create("http://moving.test:" + server.port() + "/");
			assertThat(application.client().get(uri)).isEqualTo("fine");
			isFiltered(application, uri);
		});
		assertThat(server.requests()).isOne();
		assertThat(server.accepted()).isOne();
	}

	@Test
	void addressThatIsRefusedAmongOthersIsLeftOut() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		DnsResolver names = new ScriptedResolver().with("mixed.test", "127.0.0.2", "127.0.0.1");
		runFiltered(InetAddressFilter.of(ALLOWED), names,
				(application) -> assertThat(
						application.client().get(URI.create("http://mixed.test:" + server.port() + "/")))
					.isEqualTo("fine"));
		assertThat(server.accepted()).isOne();
	}

	@Test
	@FaultCase(value = 64, over = Transport.TLS)
	void filterAppliesToTlsToo() throws Exception {
		ScriptedServer server = serve(true, (exchange) -> exchange.respond(200, "inside"));
		runFiltered(InetAddressFilter.externalAddresses(), SystemDefaultDnsResolver.INSTANCE,
				(application) -> isFiltered(application, server.uri("/")));
		assertThat(server.accepted()).isZero();
	}

	@Test
	void idleConnectionOfAnUnfilteredClientIsNotUsed() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			assertThat(application.client().get(server.uri("/"))).isEqualTo("fine");
			ContractClient filtered = application
				.client((settings) -> settings.withInetAddressFilter(InetAddressFilter.externalAddresses()));
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> filtered.get(server.uri("/")))
				.withCauseInstanceOf(AddressFilteredException.class);
		});
		assertThat(server.requests()).isOne();
	}

	// A proxy resolves for itself: what it connects to is not for us to see
	@Test
	void addressOfTheProxyIsFiltered() throws Exception {
		ScriptedServer proxy = serve((exchange) -> exchange.respond(200, "inside"));
		runFiltered(InetAddressFilter.externalAddresses(), SystemDefaultDnsResolver.INSTANCE,
				(application) -> Stream.of("http://upstream.test/", "https://upstream.test/")
					.forEach((uri) -> isFiltered(application, URI.create(uri))),
				"tidepool.proxy.url=" + proxy.url());
		assertThat(proxy.accepted()).isZero();
	}

	@FunctionalInterface
	private interface Answer {

		String next();

	}

	private record Fixed(Answer answer) implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return new InetAddress[] { InetAddress.getByName(this.answer.next()) };
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

	private record NamedOrSystem(ScriptedResolver names) implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return host.endsWith(".test") ? this.names.resolve(host) : SystemDefaultDnsResolver.INSTANCE.resolve(host);
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
