package dev.tidepool.zoo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpMethod;

import dev.tidepool.ProxyRefusedException;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Lanes;
import dev.tidepool.testsupport.Lanes.Caller;
import dev.tidepool.testsupport.ScriptedServer;
import dev.tidepool.testsupport.ScriptedServer.Request;
import dev.tidepool.testsupport.ServerProcess;
import dev.tidepool.testsupport.ServerProcess.Preparation;
import dev.tidepool.testsupport.ServerProcess.Recipe;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestRunners;
import dev.tidepool.testsupport.TestTls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Calls of both clients through a real proxy.
 */
abstract class ProxyContract {

	private static final int CALLERS = 8;

	private static final int CALLS = 20 * CALLERS;

	private ScriptedServer plain;

	private ScriptedServer secure;

	private ScriptedServer refused;

	private ServerProcess proxy;

	/**
	 * What starts the proxy.
	 * @param allowed the port that it tunnels to
	 */
	protected abstract Recipe recipe(int allowed);

	/**
	 * The requests after which the proxy closes a connection without a word, 0 if it does
	 * not.
	 */
	protected abstract int requestLimit();

	@BeforeEach
	void start() throws Exception {
		this.plain = ScriptedServer.start((exchange) -> exchange.respond(200, "fine"));
		this.secure = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
		this.refused = ScriptedServer.startTls(TestTls.server("first"), Duration.ZERO,
				(exchange) -> exchange.respond(200, "fine"));
		this.proxy = ServerProcess.start(recipe(this.secure.port()));
	}

	@AfterEach
	void stop() throws Exception {
		for (AutoCloseable each : new AutoCloseable[] { this.proxy, this.plain, this.secure, this.refused }) {
			if (each != null) {
				each.close();
			}
		}
	}

	/**
	 * Read the configuration of a proxy.
	 * @return the file
	 */
	protected static String configuration(String name, Path folder, int port, int allowed) throws IOException {
		return Preparation
			.copy("/zoo/" + name, folder,
					Map.of("folder", folder.toString(), "port", String.valueOf(port), "allowed",
							String.valueOf(allowed)))
			.toString();
	}

	@Test
	void everyPlainCallGoesThroughTheProxyAndEachPostOnce() {
		runner().run((context) -> {
			ZooCalls calls = new ZooCalls(this.plain.url());
			List<Caller> callers = new ZooClients(context).shared(CALLERS, calls);
			learnRequestLimit(context, callers);
			callFromAll(callers, calls);
			assertThat(calls.failures()).isEmpty();
			Collection<Request> seen = this.plain.log();
			assertThat(seen).allSatisfy((request) -> assertThat(request.header("Via")).isNotNull());
			assertThat(seen.stream().map((request) -> request.header("X-Id")).filter(ZooCalls::isPost))
				.containsExactlyInAnyOrderElementsOf(calls.answeredPosts());
		});
	}

	@Test
	void plainConnectionIsReusedUnlessTheProxyClosesIt() {
		runner().run((context) -> {
			for (Caller caller : new ZooClients(context).shared(2, new ZooCalls(this.plain.url()))) {
				long created = created(context);
				for (int i = 0; i < 20; i++) {
					caller.call(HttpMethod.GET);
				}
				assertThat(created(context) - created).isEqualTo((requestLimit() > 0) ? 20 / requestLimit() : 1);
			}
			assertThat(this.plain.requests()).isEqualTo(40);
		});
	}

	@Test
	void everyCallThroughATunnelSucceedsAndEachPostArrivesOnce() {
		runner().run((context) -> {
			ZooCalls calls = new ZooCalls(this.secure.url());
			callFromAll(new ZooClients(context).shared(CALLERS, calls), calls);
			assertThat(calls.failures()).isEmpty();
			assertThat(this.secure.log().stream().map((request) -> request.header("X-Id")).filter(ZooCalls::isPost))
				.containsExactlyInAnyOrderElementsOf(calls.answeredPosts());
		});
	}

	@Test
	void tunnelIsReused() {
		runner().run((context) -> {
			for (Caller caller : new ZooClients(context).shared(2, new ZooCalls(this.secure.url()))) {
				int accepted = this.secure.accepted();
				for (int i = 0; i < 20; i++) {
					caller.call((i % 2 == 0) ? HttpMethod.GET : HttpMethod.POST);
				}
				assertThat(this.secure.accepted() - accepted).isOne();
			}
			assertThat(Sockets.heldByClients(this.proxy.port())).isEqualTo(2);
		});
	}

	@Test
	void refusedTunnelIsNoAnswerOfTheUpstream() {
		runner().run((context) -> {
			ZooCalls calls = new ZooCalls(this.refused.url());
			for (Caller caller : new ZooClients(context).shared(2, calls)) {
				for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
					assertThatThrownBy(() -> caller.call(method)).rootCause()
						.isInstanceOfSatisfying(ProxyRefusedException.class, this::isOfTheProxy);
				}
			}
			assertThat(this.refused.accepted()).isZero();
		});
	}

	private void isOfTheProxy(ProxyRefusedException refusal) {
		assertThat(refusal.getStatusCode()).isEqualTo(403);
		assertThat(refusal.getProxy()).isEqualTo(URI.create(this.proxy.url()).getAuthority());
		assertThat(refusal.getUpstream()).isEqualTo("localhost:" + this.refused.port());
	}

	private ApplicationContextRunner runner() {
		return TestRunners.applicationWithBothClients()
			.withPropertyValues("tidepool.proxy.url=" + this.proxy.url(), TestTls.trustProperty("own", "first"),
					"tidepool.ssl.bundle=own");
	}

	private void learnRequestLimit(AssertableApplicationContext context, List<Caller> callers) {
		// Closes within 25 ms count as one
		Awaitility.await().pollInterval(30, TimeUnit.MILLISECONDS).until(() -> {
			callers.get(0).call(HttpMethod.GET);
			callers.get(1).call(HttpMethod.GET);
			return upstream(context).snapshot().learnedMaxRequests() == requestLimit();
		});
	}

	private static void callFromAll(List<Caller> callers, ZooCalls calls) throws InterruptedException {
		Lanes lanes = Lanes.start(callers, Duration.ZERO, Duration.ofMillis(20));
		try {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> lanes.gets() + lanes.posts() >= CALLS);
		}
		finally {
			lanes.finish();
		}
		assertThat(lanes.calls()).isGreaterThanOrEqualTo(CALLS);
	}

	private static long created(AssertableApplicationContext context) {
		return context.getBean(Upstreams.class).stats().stream().mapToLong(UpstreamStats::created).sum();
	}

	private static Upstream upstream(AssertableApplicationContext context) {
		return context.getBean(Upstreams.class).stats().iterator().next().members().iterator().next();
	}

}
