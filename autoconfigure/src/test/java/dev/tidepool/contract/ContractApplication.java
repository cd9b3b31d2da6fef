package dev.tidepool.contract;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpMethod;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.PoolControl;
import dev.tidepool.connection.UpstreamKey;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that runs, with one of the clients, and its ledger.
 */
final class ContractApplication {

	private final ContractSide side;

	private final ConfigurableApplicationContext context;

	private final Upstreams upstreams;

	ContractApplication(ContractSide side, ConfigurableApplicationContext context) {
		this.side = side;
		this.context = context;
		this.upstreams = context.getBean(Upstreams.class);
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	ContractClient readyClient() {
		return this.side.readyClient(this.context);
	}

	/**
	 * A client of a builder that is injected for it.
	 */
	ContractClient client() {
		return this.side.client(this.context);
	}

	ContractClient client(UnaryOperator<HttpClientSettings> settings) {
		return this.side.client(this.context, settings);
	}

	String callService(String group, URI uri) {
		return this.side.callService(this.context, group, uri);
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	PoolControl control() {
		return this.context.getBean(PoolControl.class);
	}

	/**
	 * What is counted of a server.
	 */
	UpstreamStats stats(ScriptedServer server) {
		return stats(server.port());
	}

	UpstreamStats stats(int port) {
		return find(port).findFirst()
			.orElseThrow(() -> new AssertionError("No call to port %d went through the pool".formatted(port)));
	}

	private Stream<UpstreamStats> find(int port) {
		return this.upstreams.stats()
			.stream()
			.filter((stats) -> stats.members().stream().anyMatch((member) -> isAt(member.key(), port)));
	}

	private static boolean isAt(UpstreamKey key, int port) {
		return key.port() == port || (key.proxy() != null && key.proxy().endsWith(":" + port));
	}

	/**
	 * No caller holds anything, and none waits.
	 */
	void isAtRest() {
		Contract.eventually().untilAsserted(() -> {
			assertThat(this.upstreams.gate().active()).as("active calls").isZero();
			assertThat(this.upstreams.stats()).allSatisfy((stats) -> {
				assertThat(stats.pending()).as("pending callers of " + stats.tag()).isZero();
				assertThat(stats.connections(State.ACTIVE)).as("active connections to " + stats.tag()).isZero();
			});
		});
	}

	/**
	 * The server, well again, gives each call its own answer, also one that must not be
	 * sent twice.
	 */
	void isServedBy(ScriptedServer server) {
		server.recover();
		for (HttpMethod method : List.of(HttpMethod.POST, HttpMethod.GET, HttpMethod.POST)) {
			String id = "then-" + UUID.randomUUID();
			ContractRequest request = ContractRequest.of(method, server.uri("/then")).id(id).within(Contract.WIDE);
			assertThat(client().exchange(request).body()).as("%s after the case", method).isEqualTo(id);
		}
	}

	/**
	 * The sockets that there are to a server are those of the ledger.
	 */
	void ledgerIsRight(ScriptedServer server) {
		Contract.eventually()
			.untilAsserted(() -> assertThat(Sockets.heldByClients(server.port())).as("sockets to " + server.url())
				.isEqualTo(find(server.port()).mapToInt((stats) -> stats.connections().size()).sum()));
	}

}
