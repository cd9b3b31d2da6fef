package dev.tidepool.contract;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Whatever is thrown within a call ends that call alone: its connection is gone, its
 * place is free, and all other calls go on (FAULTS 48).
 */
abstract class ErrorContract extends Contract {

	ErrorContract(ContractSide side) {
		super(side);
	}

	/**
	 * What is thrown.
	 *
	 * @param name for the test report
	 * @param make makes it
	 */
	record Thrown(String name, Supplier<Throwable> make) {

		<T> T raise() {
			Throwable thrown = this.make.get();
			if (thrown instanceof Error error) {
				throw error;
			}
			throw (RuntimeException) thrown;
		}

		void isIn(Throwable failure) {
			List<Throwable> chain = new ArrayList<>();
			for (Throwable each = failure; each != null; each = each.getCause()) {
				chain.add(each);
			}
			assertThat(chain).anyMatch(
					(each) -> each.getClass().getSimpleName().equals(this.name) && "thrown".equals(each.getMessage()));
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	static Stream<Thrown> thrown() {
		return Stream.of(new Thrown("OutOfMemoryError", () -> new OutOfMemoryError("thrown")),
				new Thrown("StackOverflowError", () -> new StackOverflowError("thrown")),
				new Thrown("NoClassDefFoundError", () -> new NoClassDefFoundError("thrown")),
				new Thrown("AssertionError", () -> new AssertionError("thrown")),
				new Thrown("IllegalStateException", () -> new IllegalStateException("thrown")));
	}

	@ParameterizedTest
	@MethodSource("thrown")
	void bodyThatThrowsEndsItsCallAlone(Thrown thrown) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			ContractClient client = application.client();
			ContractRequest failing = ContractRequest.put(server.uri("/")).parts(() -> new Failing(thrown));
			for (int i = 0; i < 4; i++) {
				assertThat(client.get(server.uri("/"))).isEqualTo("fine");
				assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> client.exchange(failing))
					.satisfies(thrown::isIn);
				application.isAtRest();
			}
			assertThat(client.get(server.uri("/"))).isEqualTo("fine");
		});
		// None of those, neither whole nor again
		assertThat(server.log()).extracting(ScriptedServer.Request::method).containsOnly("GET");
		assertThat(server.requests()).isEqualTo(5);
	}

	@ParameterizedTest
	@MethodSource("thrown")
	void resolverThatThrowsEndsItsCallAlone(Thrown thrown) throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((runner) -> runner.withBean(DnsResolver.class, () -> new FailingResolver(thrown)), (application) -> {
			ContractClient client = application.client();
			for (int i = 0; i < 4; i++) {
				assertThat(client.get(server.uri("/"))).isEqualTo("fine");
				assertThatExceptionOfType(ContractFailure.class)
					.isThrownBy(() -> client.get(URI.create("http://failing.test:80/")))
					.satisfies(thrown::isIn);
				application.isAtRest();
			}
		});
		assertThat(server.accepted()).isOne();
	}

	/**
	 * Gives one part, and then throws.
	 */
	private static final class Failing implements Iterator<String> {

		private final Thrown thrown;

		private int parts;

		Failing(Thrown thrown) {
			this.thrown = thrown;
		}

		@Override
		public boolean hasNext() {
			return true;
		}

		@Override
		public String next() {
			return (this.parts++ == 0) ? "x".repeat(20_000) : this.thrown.raise();
		}

	}

	private record FailingResolver(Thrown thrown) implements DnsResolver {

		@Override
		public InetAddress[] resolve(String host) throws UnknownHostException {
			return host.startsWith("failing") ? this.thrown.raise() : InetAddress.getAllByName(host);
		}

		@Override
		public String resolveCanonicalHostname(String host) {
			return host;
		}

	}

}
