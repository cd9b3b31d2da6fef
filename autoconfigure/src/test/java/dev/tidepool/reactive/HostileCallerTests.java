package dev.tidepool.reactive;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpResponse;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Callers that throw what no one handles: Reactor hands an {@link Error} of the virtual
 * machine to nobody, but throws it at whoever signals.
 */
class HostileCallerTests extends Reactive {

	// More than there are I/O threads
	private static final int CALLS = 4 * Runtime.getRuntime().availableProcessors();

	private static void answersOnAllThreads(ReactiveApplication application, URI uri) {
		for (int i = 0; i < CALLS; i++) {
			assertThat(application.get(uri)).isEqualTo("fine");
			application.shared().evictIdle();
		}
	}

	@Test
	void errorAtTheResponseLeavesOtherCallsAlone() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			CountDownLatch thrown = new CountDownLatch(CALLS);
			for (int i = 0; i < CALLS; i++) {
				application.open(server.uri("/")).map((response) -> {
					thrown.countDown();
					throw new NoClassDefFoundError("of the caller");
				}).subscribe();
			}
			thrown.await();
			application.isAtRest();
			answersOnAllThreads(application, server.uri("/"));
		});
	}

	@Test
	void errorInTheBodyLeavesOtherCallsAlone() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			CountDownLatch thrown = new CountDownLatch(CALLS);
			for (int i = 0; i < CALLS; i++) {
				application.open(server.uri("/")).flatMapMany(ClientHttpResponse::getBody).map((bytes) -> {
					thrown.countDown();
					throw new StackOverflowError("of the caller");
				}).subscribe();
			}
			thrown.await();
			application.isAtRest();
			answersOnAllThreads(application, server.uri("/"));
		});
	}

	@Test
	void errorInTheRequestBodyLeavesOtherCallsAlone() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "fine"));
		run((application) -> {
			for (int i = 0; i < CALLS; i++) {
				Flux<byte[]> body = Flux.just("one".getBytes(StandardCharsets.UTF_8)).map((piece) -> {
					throw new NoClassDefFoundError("of the caller");
				});
				assertThatExceptionOfType(Throwable.class)
					.isThrownBy(() -> application.client()
						.post()
						.uri(server.uri("/"))
						.body(body, byte[].class)
						.retrieve()
						.bodyToMono(String.class)
						.block(WIDE))
					.havingRootCause()
					.isInstanceOf(NoClassDefFoundError.class);
			}
			answersOnAllThreads(application, server.uri("/"));
		});
	}

	@Test
	void errorWhereTheBodyIsAskedForGivesTheConnectionBack() throws Exception {
		CountDownLatch answered = new CountDownLatch(1);
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour");
			answered.countDown();
			exchange.input().read();
		});
		run((application) -> {
			Asking asking = new Asking();
			CountDownLatch subscribed = new CountDownLatch(1);
			application.open(server.uri("/")).flatMapMany(ClientHttpResponse::getBody).<DataBuffer>map((bytes) -> {
				throw new NoClassDefFoundError("of the caller");
			}).doOnSubscribe((subscription) -> subscribed.countDown()).subscribe(asking);
			subscribed.await();
			answered.await();
			assertThatNoException().isThrownBy(asking::asks);
			application.isAtRest();
		});
	}

	private static final class Asking extends BaseSubscriber<DataBuffer> {

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks later
		}

		// Thrown here, unless the I/O thread was slower and is thrown at
		void asks() {
			try {
				request(1);
			}
			catch (NoClassDefFoundError ex) {
				// Its own
			}
		}

	}

}
