package dev.tidepool.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import dev.tidepool.testsupport.CuttingListener;
import dev.tidepool.testsupport.Footprint;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A list of cases that hold for both clients. Each ends with nothing active, nobody
 * pending, and as many sockets as the ledger has connections; then the upstream, which is
 * well again, gives the next calls their own answers; and when the application has gone,
 * there is no thread and no descriptor more than before.
 */
@Timeout(180)
abstract class Contract {

	/**
	 * In time, on a busy machine: far from what a wait without a bound would take.
	 */
	static final Duration WIDE = Duration.ofSeconds(10);

	// No machine is so busy that what is there already is not read in this time
	private static final String PATIENT_DRAIN = "tidepool.response.drain-max-time=1s";

	// Nor is one on which connecting and a handshake take that long
	private static final String[] PATIENT_CONNECT = { "tidepool.timeout.connect=10s",
			"tidepool.timeout.tls-handshake=20s" };

	private static final String[] TLS = { TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own" };

	private final ContractSide side;

	private final List<ScriptedServer> servers = new ArrayList<>();

	private Footprint before;

	Contract(ContractSide side) {
		this.side = side;
	}

	@BeforeEach
	final void measure() {
		this.before = Footprint.measure();
	}

	@AfterEach
	final void closeServers() throws IOException {
		for (ScriptedServer server : this.servers) {
			server.close();
		}
		eventually().untilAsserted(() -> Footprint.measure().assertNotAbove(this.before));
	}

	/**
	 * Start a server that is closed after the case.
	 */
	final ScriptedServer serve(Script script) throws IOException {
		return known(ScriptedServer.start(script));
	}

	final ScriptedServer serve(Duration keepAlive, Script script) throws IOException {
		return known(ScriptedServer.start(keepAlive, script));
	}

	final ScriptedServer serve(boolean tls, Script script) throws IOException {
		return tls ? serveTls("first", script) : serve(script);
	}

	final ScriptedServer serveTls(String certificate, Script script) throws IOException {
		return known(ScriptedServer.startTls(TestTls.server(certificate), Duration.ZERO, script));
	}

	final ScriptedServer serve(CuttingListener listener, Script script) throws IOException {
		return known(ScriptedServer.startTls(listener, script));
	}

	final ScriptedServer serveAt(String address, int port, boolean tls, Script script) throws IOException {
		return known(ScriptedServer.startAt(new InetSocketAddress(address, port), tls ? TestTls.server("first") : null,
				script));
	}

	private ScriptedServer known(ScriptedServer server) {
		this.servers.add(server);
		return server;
	}

	/**
	 * Run a case in an application that trusts {@link #serveTls the first certificate}.
	 */
	final void run(Case test, String... properties) {
		run(UnaryOperator.identity(), test, properties);
	}

	final void run(UnaryOperator<ApplicationContextRunner> customizer, Case test, String... properties) {
		ApplicationContextRunner runner = this.side.application()
			.withPropertyValues(TLS)
			.withPropertyValues(PATIENT_DRAIN)
			.withPropertyValues(PATIENT_CONNECT);
		customizer.apply(runner).withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			ContractApplication application = new ContractApplication(this.side,
					context.getSourceApplicationContext(ConfigurableApplicationContext.class));
			test.run(application);
			isAtRest(application);
			if (mayBeServedAgain() && context.getSourceApplicationContext().isRunning()) {
				this.servers.stream().filter((server) -> !server.isClosed()).forEach(application::isServedBy);
				isAtRest(application);
			}
		});
	}

	/**
	 * Whether the applications of these cases may call the servers as soon as those are
	 * well again.
	 */
	boolean mayBeServedAgain() {
		return true;
	}

	private void isAtRest(ContractApplication application) {
		application.isAtRest();
		this.servers.forEach(application::ledgerIsRight);
	}

	/**
	 * Run a case in an application that has the HTTP service groups too.
	 */
	final void runWithGroups(Case test, String... properties) {
		run((runner) -> runner.withUserConfiguration(this.side.groups()), test, properties);
	}

	/**
	 * Wait for what comes about by itself, without delay where it is so already.
	 */
	static ConditionFactory eventually() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.atMost(WIDE.multipliedBy(2));
	}

	@FunctionalInterface
	interface Case {

		void run(ContractApplication application) throws Exception;

	}

}
