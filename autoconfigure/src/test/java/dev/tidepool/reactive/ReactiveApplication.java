package dev.tidepool.reactive;

import java.net.URI;
import java.util.Optional;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.testsupport.Sockets;
import dev.tidepool.testsupport.TestRunners;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that runs, with both clients, and its ledger.
 */
final class ReactiveApplication {

	private final ApplicationContext context;

	private final Upstreams upstreams;

	ReactiveApplication(ApplicationContext context) {
		this.context = context;
		this.upstreams = context.getBean(Upstreams.class);
	}

	/**
	 * An application with all of Tidepool, and what Boot has for both clients.
	 */
	static ApplicationContextRunner runner() {
		return TestRunners.applicationWithBothClients();
	}

	ApplicationContext context() {
		return this.context;
	}

	WebClient client() {
		return this.context.getBean(WebClient.Builder.class).build();
	}

	RestClient blockingClient() {
		return this.context.getBean(RestClient.Builder.class).build();
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	SharedPool shared() {
		return this.context.getBean(SharedPool.class);
	}

	/**
	 * Below WebClient, which releases each response that its caller has not read.
	 */
	Mono<ClientHttpResponse> open(URI uri) {
		return this.context.getBean(ClientHttpConnector.class)
			.connect(HttpMethod.GET, uri, (request) -> request.setComplete());
	}

	/**
	 * Call, and wait for the answer.
	 */
	String get(URI uri) {
		return client().get().uri(uri).retrieve().bodyToMono(String.class).block(Reactive.WIDE);
	}

	UpstreamStats stats(int port) {
		return find(port)
			.orElseThrow(() -> new AssertionError("No call to port %d went through the pool".formatted(port)));
	}

	private Optional<UpstreamStats> find(int port) {
		return this.upstreams.stats()
			.stream()
			.filter((stats) -> stats.members().stream().anyMatch((member) -> member.key().port() == port))
			.findFirst();
	}

	/**
	 * No caller holds anything, and none waits.
	 */
	void isAtRest() {
		Reactive.eventually().untilAsserted(() -> {
			assertThat(this.upstreams.gate().active()).as("active calls").isZero();
			assertThat(this.upstreams.stats()).allSatisfy((stats) -> {
				assertThat(stats.pending()).as("pending callers of " + stats.tag()).isZero();
				assertThat(stats.connections(State.ACTIVE)).as("active connections to " + stats.tag()).isZero();
			});
		});
	}

	/**
	 * The sockets that there are to a port are those of the ledger.
	 */
	void ledgerIsRight(int port) {
		Reactive.eventually()
			.untilAsserted(() -> assertThat(Sockets.heldByClients(port)).as("sockets to port " + port)
				.isEqualTo(find(port).map((stats) -> stats.connections().size()).orElse(0)));
	}

}
