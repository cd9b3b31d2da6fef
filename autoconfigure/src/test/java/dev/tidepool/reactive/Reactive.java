package dev.tidepool.reactive;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Script;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Cases of callers that subscribe. Each ends with nothing active, nobody pending, and as
 * many sockets as the ledger has connections.
 */
@Timeout(180)
abstract class Reactive {

	/**
	 * In time, on a busy machine: far from what a wait without a bound would take.
	 */
	static final Duration WIDE = Duration.ofSeconds(20);

	private final List<AutoCloseable> servers = new ArrayList<>();

	@AfterEach
	final void closeServers() throws Exception {
		for (AutoCloseable server : this.servers) {
			server.close();
		}
	}

	/**
	 * Have a server closed after the case.
	 */
	final <S extends AutoCloseable> S known(S server) {
		this.servers.add(server);
		return server;
	}

	final ScriptedServer serve(Script script) throws IOException {
		return known(ScriptedServer.start(script));
	}

	final ScriptedServer serve(boolean tls, Script script) throws IOException {
		return tls ? known(ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO, script)) : serve(script);
	}

	/**
	 * Run a case in an application that trusts the servers of
	 * {@link #serve(boolean, Script)}.
	 */
	final void run(Case test, String... properties) {
		run(UnaryOperator.identity(), test, properties);
	}

	final void run(UnaryOperator<ApplicationContextRunner> customizer, Case test, String... properties) {
		ApplicationContextRunner runner = customizer.apply(ReactiveApplication.runner())
			.withPropertyValues(TestTls.trustProperty("own", "first"), "tidepool.ssl.bundle=own",
					// I/O threads have much else to do on a busy machine
					"tidepool.timeout.connect=10s", "tidepool.timeout.tls-handshake=20s");
		runner.withPropertyValues(properties).run((context) -> {
			assertThat(context).hasNotFailed();
			ReactiveApplication application = new ReactiveApplication(context);
			test.run(application);
			application.isAtRest();
			for (AutoCloseable server : this.servers) {
				if (server instanceof ScriptedServer scripted) {
					application.ledgerIsRight(scripted.port());
				}
			}
		});
	}

	/**
	 * Wait for what comes about by itself, without delay where it is so already.
	 */
	static ConditionFactory eventually() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).atMost(WIDE);
	}

	static URI uri(int port, String path) {
		return URI.create("http://localhost:" + port + path);
	}

	@FunctionalInterface
	interface Case {

		void run(ReactiveApplication application) throws Exception;

	}

}
