package dev.tidepool.contract;

import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

import org.apache.hc.client5.http.DnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.tidepool.testsupport.DeafServer;
import dev.tidepool.testsupport.ScriptedResolver;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.Sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A name with several addresses: one that gives no connection is tried last for a while.
 */
abstract class AddressesContract extends Contract {

	// Not the case's own, since they share a port
	private final List<ScriptedServer> servers = new ArrayList<>();

	private final ScriptedResolver names = new ScriptedResolver();

	AddressesContract(ContractSide side) {
		super(side);
	}

	@Test
	void addressThatRefusedIsTriedLastUntilItAnswersAgain() throws Exception {
		ScriptedServer second = at("127.0.0.1", 0);
		int port = second.port();
		this.names.with("two", "127.0.0.2", "127.0.0.1");
		runWithNames((application) -> {
			assertThat(connect(application, port)).isEqualTo("127.0.0.1");
			ScriptedServer first = at("127.0.0.2", port);
			assertThat(connect(application, port)).isEqualTo("127.0.0.1");
			assertThat(first.accepted()).isZero();
			close(second);
			assertThat(connect(application, port)).isEqualTo("127.0.0.2");
			ScriptedServer again = at("127.0.0.1", port);
			// Forgiven, and in place of the other that has failed since
			assertThat(connect(application, port)).isEqualTo("127.0.0.2");
			assertThat(again.accepted()).isZero();
		});
		assertThat(second.requests()).isEqualTo(2);
	}

	@Test
	void addressThatTimedOutIsTriedLast() throws Exception {
		ScriptedServer second = at("127.0.0.1", 0);
		int port = second.port();
		this.names.with("two", "127.0.0.2", "127.0.0.1");
		runWithNames((application) -> {
			DeafServer deaf = DeafServer.start("127.0.0.2", port);
			assertThat(connect(application, port)).isEqualTo("127.0.0.1");
			deaf.close();
			// Else it reaches who listens there next
			eventually().until(() -> Sockets.connecting(port) == 0);
			ScriptedServer first = at("127.0.0.2", port);
			assertThat(connect(application, port)).isEqualTo("127.0.0.1");
			assertThat(first.accepted()).isZero();
		}, "tidepool.timeout.connect=2s");
	}

	@Test
	void addressesThatAllFailedAreTriedInTheirOrder() throws Exception {
		ScriptedServer free = at("127.0.0.1", 0);
		int port = free.port();
		close(free);
		this.names.with("two", "127.0.0.2", "127.0.0.1");
		runWithNames((application) -> {
			assertThatExceptionOfType(ContractFailure.class).isThrownBy(() -> connect(application, port))
				.havingCause()
				.isInstanceOf(ConnectException.class)
				.withMessageContaining("efused");
			application.isAtRest();
			ScriptedServer first = at("127.0.0.2", port);
			ScriptedServer second = at("127.0.0.1", port);
			assertThat(connect(application, port)).isEqualTo("127.0.0.2");
			assertThat(first.requests()).isOne();
			assertThat(second.accepted()).isZero();
		});
	}

	@Test
	void nameWithoutAnAddressIsUnknown() throws Exception {
		this.names.with("two");
		runWithNames((application) -> assertThatExceptionOfType(ContractFailure.class)
			.isThrownBy(() -> connect(application, 80))
			.havingCause()
			.isInstanceOf(UnknownHostException.class));
	}

	private void runWithNames(Case test, String... properties) {
		run((runner) -> runner.withBean(DnsResolver.class, () -> this.names), test, properties);
	}

	private ScriptedServer at(String address, int port) throws Exception {
		ScriptedServer server = ScriptedServer.startAt(address, port, (exchange) -> exchange.respond(200, address));
		this.servers.add(server);
		return server;
	}

	// The kernel accepts on for as long as a thread is on its way out of accept()
	private static void close(ScriptedServer server) throws Exception {
		server.close();
		eventually().until(() -> {
			try (Socket socket = new Socket("127.0.0.1", server.port())) {
				return !socket.isConnected();
			}
			catch (ConnectException ex) {
				return true;
			}
		});
	}

	@AfterEach
	void closeAddresses() throws Exception {
		for (ScriptedServer server : this.servers) {
			server.close();
		}
	}

	// Over a new connection
	private static String connect(ContractApplication application, int port) {
		application.control().evictIdle();
		return application.client().post(URI.create("http://two:" + port + "/"));
	}

}
