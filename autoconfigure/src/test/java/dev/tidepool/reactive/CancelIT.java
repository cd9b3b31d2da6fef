package dev.tidepool.reactive;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

import dev.tidepool.connection.UpstreamStats;
import dev.tidepool.testsupport.ClosedPort;
import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten thousand subscribers that go away at any point, several hundred at a time, and more
 * of them than there are connections.
 */
class CancelIT extends Reactive {

	private static final int SUBSCRIBERS = 10_000;

	private static final int AT_A_TIME = 400;

	private static final long SEED = Long.getLong("tidepool.cancel.seed", 6);

	private static final String[] SMALL_POOL = { "tidepool.pool.max-per-upstream=40", "tidepool.pool.max-pending=2000",
			"tidepool.pool.acquire-timeout=10s", "tidepool.retry.backoff.initial=10ms" };

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

	private final AtomicLong completed = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	/**
	 * What an upstream does.
	 */
	private enum Kind {

		FAST, SLOW_HEAD, DRIP, LARGE, ENDLESS, SILENT_CLOSE, RETRIED, REFUSED;

		void answer(ScriptedServer.Exchange exchange, String id) throws Exception {
			String head = "HTTP/1.1 200 OK\r\nX-Echo: %s\r\n".formatted(id);
			String part = letter(id).repeat(1_000);
			switch (this) {
				case FAST, REFUSED -> exchange.respond(200, letter(id).repeat(100), "X-Echo: " + id);
				case SLOW_HEAD -> {
					exchange.stall(Duration.ofMillis(20));
					exchange.respond(200, part, "X-Echo: " + id);
				}
				case DRIP -> {
					exchange.raw(head + "Content-Length: 10000\r\n\r\n");
					for (int i = 0; i < 10; i++) {
						exchange.stall(Duration.ofMillis(2));
						exchange.raw(part);
					}
				}
				case LARGE -> exchange.raw(head + "Content-Length: 400000\r\n\r\n" + part.repeat(400));
				case ENDLESS -> {
					exchange.raw(head + "Transfer-Encoding: chunked\r\n\r\n");
					while (true) {
						exchange.raw("fa0\r\n" + part.repeat(4) + "\r\n");
					}
				}
				case SILENT_CLOSE -> exchange.close();
				case RETRIED -> {
					if (exchange.attempt() < 3) {
						exchange.respond(503, "not yet");
					}
					else {
						exchange.respond(200, part, "X-Echo: " + id);
					}
				}
			}
		}

	}

	private static String letter(String id) {
		return String.valueOf((char) ('a' + Integer.parseInt(id) % 26));
	}

	private static void answer(ScriptedServer.Exchange exchange) throws Exception {
		Kind.valueOf(exchange.request().path().substring(1)).answer(exchange, exchange.request().header("X-Id"));
	}

	@Test
	void cancelsAtAnyPointLeaveNothingBehind() throws Exception {
		ScriptedServer plain = serve(CancelIT::answer).withoutLog();
		ScriptedServer secure = serve(true, CancelIT::answer).withoutLog();
		ClosedPort closed = new ClosedPort();
		URI refused = uri(closed.number(), "/REFUSED");
		Hooks.onErrorDropped(this.dropped::add);
		ScheduledExecutorService canceller = Executors.newScheduledThreadPool(2);
		try {
			run((application) -> {
				WebClient client = application.client();
				Random random = new Random(SEED);
				Semaphore free = new Semaphore(AT_A_TIME);
				CountDownLatch over = new CountDownLatch(SUBSCRIBERS);
				for (int i = 0; i < SUBSCRIBERS; i++) {
					assertThat(free.tryAcquire(WIDE.toSeconds(), TimeUnit.SECONDS)).isTrue();
					Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
					ScriptedServer server = (random.nextInt(10) == 0) ? secure : plain;
					URI uri = (kind == Kind.REFUSED) ? refused : server.uri("/" + kind);
					Leaving subscriber = new Leaving(kind, random, () -> {
						free.release();
						over.countDown();
					});
					body(client, uri, i).subscribe(subscriber);
					subscriber.leavesLater(canceller, random);
				}
				assertThat(over.await(WIDE.toSeconds(), TimeUnit.SECONDS)).as("every subscriber is through").isTrue();
				application.isAtRest();
				nothingIsLeft(application);
				List<String> answers = Flux.range(0, 200)
					.flatMap((id) -> body(client, plain.uri("/FAST"), id).map(CancelIT::text).reduce(String::concat),
							20)
					.collectList()
					.block(WIDE);
				assertThat(answers).containsExactlyInAnyOrderElementsOf(
						IntStream.range(0, 200).mapToObj((id) -> letter(String.valueOf(id)).repeat(100)).toList());
			}, SMALL_POOL);
		}
		finally {
			canceller.shutdownNow();
			Hooks.resetOnErrorDropped();
			closed.close();
		}
		assertThat(this.wrong).isEmpty();
		assertThat(this.dropped).isEmpty();
		assertThat(this.completed).as("calls that came to their end").hasValueGreaterThan(SUBSCRIBERS / 20);
		assertThat(this.failed).as("calls that failed").hasValueGreaterThan(SUBSCRIBERS / 100);
	}

	private Flux<DataBuffer> body(WebClient client, URI uri, int id) {
		return client.get().uri(uri).header("X-Id", String.valueOf(id)).exchangeToFlux((response) -> {
			if (!response.headers().header("X-Echo").equals(List.of(String.valueOf(id)))
					&& response.statusCode().is2xxSuccessful()) {
				this.wrong.add("%d got the head of %s".formatted(id, response.headers().header("X-Echo")));
			}
			return response.statusCode().is2xxSuccessful() ? response.bodyToFlux(DataBuffer.class)
					: response.releaseBody().thenMany(Flux.empty());
		}).doOnNext((part) -> {
			byte[] bytes = new byte[part.readableByteCount()];
			part.toByteBuffer(ByteBuffer.wrap(bytes));
			for (byte each : bytes) {
				if (each != letter(String.valueOf(id)).charAt(0)) {
					this.wrong.add("%d got the body of another".formatted(id));
				}
			}
		});
	}

	private static String text(DataBuffer part) {
		String text = part.toString(StandardCharsets.US_ASCII);
		DataBufferUtils.release(part);
		return text;
	}

	// The watch looks after each connection that there is, and after nothing else
	private void nothingIsLeft(ReactiveApplication application) {
		eventually().untilAsserted(() -> {
			Object deadlines = application.shared().deadlines();
			Collection<?> watched = (Collection<?>) ReflectionTestUtils.getField(deadlines, "watched");
			Object alarms = ReflectionTestUtils.getField(deadlines, "alarms");
			Collection<?> pending = (Collection<?>) ReflectionTestUtils.getField(alarms, "pending");
			int connections = application.upstreams()
				.stats()
				.stream()
				.map(UpstreamStats::connections)
				.mapToInt(Collection::size)
				.sum();
			assertThat(watched).as("waits watched").hasSize(connections);
			assertThat(pending).as("alarms").isEmpty();
			assertThat(tidepoolThreads()).as("threads").doesNotContain("tidepool-resolver");
			assertThat(tidepoolThreads()).as("threads")
				.hasSizeLessThanOrEqualTo(3 + Runtime.getRuntime().availableProcessors());
		});
	}

	private static List<String> tidepoolThreads() {
		Thread[] threads = new Thread[Thread.activeCount() + 100];
		int count = Thread.enumerate(threads);
		return Arrays.stream(threads, 0, count)
			.map(Thread::getName)
			.filter((name) -> name.startsWith("tidepool-"))
			.toList();
	}

	/**
	 * A subscriber that goes away at some point. Reactor's own would report an error that
	 * was on its way as dropped.
	 */
	private final class Leaving implements CoreSubscriber<DataBuffer> {

		/**
		 * When it does.
		 */
		private enum Point {

			AT_ONCE, WHILE_SUBSCRIBING, SOON, LATER, IN_THE_BODY, NEVER

		}

		private final Kind kind;

		private final Point point;

		private final boolean patient;

		private final Runnable over;

		private final AtomicBoolean left = new AtomicBoolean();

		private volatile Subscription subscription;

		private int parts;

		Leaving(Kind kind, Random random, Runnable over) {
			this.kind = kind;
			this.point = Point.values()[random.nextInt(Point.values().length)];
			this.patient = random.nextInt(4) == 0;
			this.over = over;
		}

		void leavesLater(ScheduledExecutorService canceller, Random random) {
			switch (this.point) {
				case AT_ONCE -> cancel();
				case SOON -> later(canceller, random.nextInt(3_000));
				case LATER -> later(canceller, random.nextInt(60_000));
				default -> {
					if (this.patient || this.kind == Kind.ENDLESS) {
						later(canceller, 100_000);
					}
				}
			}
		}

		private void later(ScheduledExecutorService canceller, int micros) {
			canceller.schedule(this::cancel, micros, TimeUnit.MICROSECONDS);
		}

		private void cancel() {
			this.subscription.cancel();
			leaves();
		}

		private void leaves() {
			if (this.left.compareAndSet(false, true)) {
				this.over.run();
			}
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			if (this.point == Point.WHILE_SUBSCRIBING) {
				cancel();
			}
			else {
				subscription.request(1);
			}
		}

		@Override
		public void onNext(DataBuffer part) {
			DataBufferUtils.release(part);
			this.parts++;
			if (this.point == Point.IN_THE_BODY && this.parts == 2) {
				cancel();
			}
			else if (!this.patient) {
				this.subscription.request(1);
			}
		}

		@Override
		public void onComplete() {
			CancelIT.this.completed.incrementAndGet();
			leaves();
		}

		@Override
		public void onError(Throwable ex) {
			CancelIT.this.failed.incrementAndGet();
			leaves();
		}

	}

}
