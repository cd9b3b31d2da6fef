package dev.tidepool.reactive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

import dev.tidepool.connection.ConnectionRecord.State;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The body of a response as a publisher, by the rules of Reactive Streams.
 */
class BodyTests extends Reactive {

	private static final int PARTS = 20;

	private static final String PART = "x".repeat(1_000);

	private final CountDownLatch stopped = new CountDownLatch(1);

	private final CountDownLatch sent = new CountDownLatch(1);

	private ScriptedServer inParts() throws Exception {
		return serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(PARTS * PART.length()));
			for (int i = 0; i < PARTS; i++) {
				exchange.raw(PART);
			}
			this.sent.countDown();
		}).withoutLog();
	}

	private static Received open(ReactiveApplication application, ScriptedServer server) {
		Received received = new Received();
		body(application, server).subscribe(received);
		return received;
	}

	private static Flux<DataBuffer> body(ReactiveApplication application, ScriptedServer server) {
		ClientHttpResponse response = application.open(server.uri("/")).block(WIDE);
		assertThat(response).isNotNull();
		return response.getBody();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1, Long.MIN_VALUE })
	void demandThatIsNotPositiveFailsTheBody(long demand) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + PART);
			this.sent.countDown();
			this.stopped.await();
		});
		run((application) -> {
			Received received = open(application, server);
			this.sent.await();
			received.subscription.request(demand);
			received.ended.await();
			assertThat(received.failure).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("3.9");
			assertThat(received.signals).containsExactly("error");
		});
		this.stopped.countDown();
	}

	@Test
	void secondSubscriberIsRefusedAndTheFirstReadsOn() throws Exception {
		ScriptedServer server = inParts();
		run((application) -> {
			Flux<DataBuffer> body = body(application, server);
			Received first = new Received();
			body.subscribe(first);
			assertThatIllegalStateException().isThrownBy(() -> body.blockLast(WIDE)).withMessageContaining("once");
			first.subscription.request(Long.MAX_VALUE);
			first.ended.await();
			assertThat(first.bytes).hasValue(PARTS * PART.length());
		});
		assertThat(server.accepted()).isOne();
	}

	@Test
	void demandMayOverflow() throws Exception {
		ScriptedServer server = inParts();
		run((application) -> {
			Received received = open(application, server);
			received.subscription.request(1);
			received.subscription.request(Long.MAX_VALUE - 1);
			received.subscription.request(Long.MAX_VALUE);
			received.ended.await();
			assertThat(received.failure).isNull();
			assertThat(received.bytes).hasValue(PARTS * PART.length());
		});
	}

	@Test
	void nothingComesWithoutDemandNotEvenAfterTheEnd() throws Exception {
		ScriptedServer server = inParts();
		run((application) -> {
			Received received = open(application, server);
			// Read into the window altogether, so that the next call has the connection
			eventually().until(() -> application.stats(server.port()).connections(State.IDLE) == 1);
			assertThat(received.signals).isEmpty();
			received.subscription.request(1);
			// By the thread that has just put the connection back, if it is about to look
			eventually().until(() -> !received.signals.isEmpty());
			assertThat(received.signals).startsWith("next").doesNotContain("complete", "error");
			received.subscription.request(Long.MAX_VALUE);
			received.ended.await();
			assertThat(received.bytes).hasValue(PARTS * PART.length());
		});
	}

	@Test
	void bodyIsCompleteWhenItsConnectionIsFree() throws Exception {
		ScriptedServer server = inParts();
		run((application) -> {
			WebClient client = application.client();
			for (int i = 0; i < 1_000; i++) {
				byte[] body = client.get().uri(server.uri("/")).retrieve().bodyToMono(byte[].class).block(WIDE);
				assertThat(body).hasSize(PARTS * PART.length());
			}
		}, "tidepool.pool.max-per-upstream=10");
		assertThat(server.requests()).isEqualTo(1_000);
		assertThat(server.accepted()).isOne();
	}

	@Test
	void requestsCancelsAndBytesMayMeet() throws Exception {
		ScriptedServer server = inParts();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			run((application) -> {
				for (int round = 0; round < 50; round++) {
					boolean cancels = round % 2 == 0;
					Received received = open(application, server);
					CyclicBarrier start = new CyclicBarrier(4);
					Future<?>[] tasks = new Future<?>[4];
					for (int i = 0; i < tasks.length; i++) {
						boolean canceller = cancels && i == 3;
						tasks[i] = threads.submit(() -> {
							start.await();
							for (int n = 0; n < 1_000 && !canceller; n++) {
								received.subscription.request(1);
							}
							if (canceller) {
								received.cancel();
							}
							return null;
						});
					}
					for (Future<?> task : tasks) {
						task.get(WIDE.toSeconds(), TimeUnit.SECONDS);
					}
					if (!cancels) {
						assertThat(received.ended.await(WIDE.toSeconds(), TimeUnit.SECONDS)).isTrue();
						assertThat(received.bytes).hasValue(PARTS * PART.length());
					}
					assertThat(received.failure).isNull();
					assertThat(received.overlaps).isFalse();
					assertThat(received.signals.stream().filter("complete"::equals).count()).isLessThanOrEqualTo(1);
				}
			});
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(server.requests()).isEqualTo(50);
	}

	@Test
	void nothingComesAfterCancelWithinASignal() throws Exception {
		ScriptedServer server = inParts();
		run((application) -> {
			Received received = new Received() {

				@Override
				public void onNext(DataBuffer part) {
					super.onNext(part);
					cancel();
				}

			};
			body(application, server).subscribe(received);
			received.subscription.request(Long.MAX_VALUE);
			eventually().until(() -> !received.signals.isEmpty());
			application.isAtRest();
			assertThat(received.signals).containsExactly("next");
		});
	}

	@Test
	void failureInTheBodyComesAfterTheBytesBeforeIt() throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + PART);
			exchange.close();
		});
		run((application) -> {
			Received received = open(application, server);
			eventually().until(() -> application.upstreams().gate().active() == 0);
			assertThat(received.signals).isEmpty();
			received.subscription.request(Long.MAX_VALUE);
			received.ended.await();
			assertThat(received.bytes).hasValue(PART.length());
			assertThat(received.failure).isInstanceOf(IOException.class);
		});
	}

	/**
	 * What a subscriber was told.
	 */
	private static class Received implements CoreSubscriber<DataBuffer> {

		private final Queue<String> signals = new ConcurrentLinkedQueue<>();

		private final AtomicLong bytes = new AtomicLong();

		private final CountDownLatch ended = new CountDownLatch(1);

		private final AtomicBoolean told = new AtomicBoolean();

		private final AtomicBoolean overlaps = new AtomicBoolean();

		private volatile Throwable failure;

		private volatile Subscription subscription;

		void cancel() {
			this.subscription.cancel();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
		}

		@Override
		public void onNext(DataBuffer part) {
			if (!this.told.compareAndSet(false, true)) {
				this.overlaps.set(true);
			}
			this.signals.add("next");
			this.bytes.addAndGet(part.toString(StandardCharsets.US_ASCII).length());
			this.told.set(false);
		}

		@Override
		public void onError(Throwable ex) {
			this.failure = ex;
			this.signals.add("error");
			this.ended.countDown();
		}

		@Override
		public void onComplete() {
			this.signals.add("complete");
			this.ended.countDown();
		}

	}

}
