package dev.tidepool.reactive;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;

import dev.tidepool.CallTimeout;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The ways in which WebClient says how long one call may take.
 */
@Timeout(60)
class CallTimeoutTests {

	private static final Duration SHORT = Duration.ofSeconds(1);

	private final CountDownLatch stopped = new CountDownLatch(1);

	private ScriptedServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = ScriptedServer.start((exchange) -> {
			if (exchange.request().path().equals("/stall")) {
				this.stopped.await();
			}
			exchange.respond(200, "fine");
		});
	}

	@AfterEach
	void stop() throws Exception {
		this.stopped.countDown();
		this.server.close();
	}

	@Test
	void webClientSetsItAsAnAttribute() {
		run((client) -> endsInTime(() -> client.get()
			.uri(this.server.uri("/stall"))
			.attributes(CallTimeout.of(SHORT))
			.retrieve()
			.toBodilessEntity()
			.block()));
	}

	@Test
	void webClientSetsItForAllItsRequests() {
		run((client) -> {
			WebClient bounded = client.mutate()
				.defaultRequest((request) -> request.attributes(CallTimeout.of(SHORT)))
				.build();
			endsInTime(() -> bounded.get().uri(this.server.uri("/stall")).retrieve().toBodilessEntity().block());
			assertThat(bounded.get()
				.uri(this.server.uri("/fast"))
				.attributes(CallTimeout.of(Duration.ofMinutes(1)))
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("fine");
		});
	}

	@Test
	void httpServiceTakesItAsAParameter() {
		run((client) -> {
			Stock stock = HttpServiceProxyFactory
				.builderFor(WebClientAdapter.create(client.mutate().baseUrl(this.server.url()).build()))
				.build()
				.createClient(Stock.class);
			endsInTime(() -> stock.stall(SHORT).block());
		});
	}

	private void run(Consumer<WebClient> test) {
		ReactiveApplication.runner().run((context) -> {
			ReactiveApplication application = new ReactiveApplication(context);
			// The first call takes its time on a busy machine
			assertThat(application.get(this.server.uri("/fast"))).isEqualTo("fine");
			test.accept(application.client());
			application.isAtRest();
		});
	}

	private void endsInTime(ThrowingCallable call) {
		assertThatExceptionOfType(WebClientRequestException.class).isThrownBy(call)
			.havingCause()
			.isInstanceOf(SocketTimeoutException.class)
			.withMessageContaining(CallTimeout.ATTRIBUTE)
			.withMessageContaining("1s");
		Reactive.eventually()
			.untilAsserted(() -> assertThat(this.server.log()).filteredOn((request) -> request.path().equals("/stall"))
				.hasSize(1));
	}

	interface Stock {

		@GetExchange("/stall")
		Mono<String> stall(@RequestAttribute(CallTimeout.ATTRIBUTE) Duration timeout);

	}

}
