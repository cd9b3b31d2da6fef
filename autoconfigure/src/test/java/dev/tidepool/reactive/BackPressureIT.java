package dev.tidepool.reactive;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.tidepool.testsupport.ScriptedServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A subscriber takes its time, and the upstream notices.
 */
class BackPressureIT extends Reactive {

	private static final int MEGABYTE = 1 << 20;

	/**
	 * What the buffers of two sockets and of the client may hold.
	 */
	private static final long BUFFERED = 8 * MEGABYTE;

	private final AtomicLong sent = new AtomicLong();

	private ScriptedServer endless(boolean tls, boolean chunked) throws Exception {
		String part = "x".repeat(0x4000);
		return serve(tls, (exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\n"
					+ (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 99999999999\r\n\r\n"));
			while (true) {
				exchange.raw(chunked ? "4000\r\n" + part + "\r\n" : part);
				this.sent.addAndGet(part.length());
			}
		});
	}

	private Taking take(ReactiveApplication application, ScriptedServer server) {
		Taking taking = new Taking();
		application.client().get().uri(server.uri("/")).retrieve().bodyToFlux(DataBuffer.class).subscribe(taking);
		return taking;
	}

	private long sentWhenItStalls() {
		AtomicLong before = new AtomicLong();
		eventually().pollInterval(Duration.ofMillis(200))
			.until(() -> this.sent.get() > 0 && before.getAndSet(this.sent.get()) == this.sent.get());
		return this.sent.get();
	}

	@ParameterizedTest
	@CsvSource({ "false, true", "false, false", "true, true", "true, false" })
	void subscriberThatAsksForNothingStopsTheUpstream(boolean tls, boolean chunked) throws Exception {
		ScriptedServer server = endless(tls, chunked);
		run((application) -> {
			Taking taking = take(application, server);
			assertThat(sentWhenItStalls()).isLessThan(BUFFERED);
			assertThat(taking.taken).hasValue(0);
			// And goes on where it stopped
			taking.request(10);
			eventually().until(() -> taking.taken.get() > 0);
			assertThat(sentWhenItStalls()).isLessThan(BUFFERED);
			taking.cancel();
		});
	}

	@Test
	void slowSubscriberOfAnEndlessBodyKeepsMemoryFlat() throws Exception {
		ScriptedServer server = endless(false, true);
		run((application) -> {
			Taking taking = take(application, server);
			long stalled = sentWhenItStalls();
			long heap = heapInUse();
			long ahead = 0;
			while (taking.taken.get() < 64 * MEGABYTE) {
				long before = taking.taken.get();
				taking.request(1);
				eventually().pollInterval(Duration.ofMillis(1)).until(() -> taking.taken.get() > before);
				ahead = Math.max(ahead, this.sent.get() - taking.taken.get());
			}
			assertThat(ahead).as("bytes ahead of the subscriber").isLessThan(BUFFERED);
			assertThat(this.sent).hasValueGreaterThan(stalled);
			assertThat(heapInUse() - heap).isLessThan(BUFFERED);
			taking.cancel();
		});
	}

	private static long heapInUse() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	@ParameterizedTest
	@CsvSource({ "false, true", "false, false", "true, true", "true, false" })
	void slowSubscriberGetsAllBytesInOrder(boolean tls, boolean chunked) throws Exception {
		byte[] body = new byte[4 * MEGABYTE];
		new Random(6).nextBytes(body);
		ScriptedServer server = serve(tls, (exchange) -> {
			exchange.raw("HTTP/1.1 200 OK\r\n"
					+ (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: " + body.length + "\r\n\r\n"));
			int size = 10_007;
			for (int from = 0; from < body.length; from += size) {
				byte[] part = Arrays.copyOfRange(body, from, Math.min(body.length, from + size));
				if (chunked) {
					exchange.raw(Integer.toHexString(part.length) + "\r\n");
				}
				exchange.raw(part);
				if (chunked) {
					exchange.raw("\r\n");
				}
			}
			if (chunked) {
				exchange.raw("0\r\n\r\n");
			}
		});
		CRC32 expected = new CRC32();
		expected.update(body);
		run((application) -> {
			CRC32 actual = new CRC32();
			AtomicLong parts = new AtomicLong();
			application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToFlux(DataBuffer.class)
				.publishOn(Schedulers.parallel(), 1)
				.concatMap((part) -> (parts.incrementAndGet() % 50 == 0)
						? Mono.just(part).delayElement(Duration.ofMillis(1)) : Mono.just(part), 1)
				.doOnNext((part) -> actual.update(bytes(part)))
				.doOnNext(DataBufferUtils::release)
				.then()
				.block(WIDE);
			assertThat(actual.getValue()).isEqualTo(expected.getValue());
		});
		assertThat(server.requests()).isOne();
	}

	// HttpCore's window is 65,535 bytes, and stops reading when it is used up
	@ParameterizedTest
	@ValueSource(ints = { 65_534, 65_535, 65_536, 131_070, 131_071 })
	void bodyThatFillsTheWindowLeavesTheConnectionInOrder(int size) throws Exception {
		ScriptedServer server = serve((exchange) -> {
			exchange.respond(200, "x".repeat(size));
			this.sent.addAndGet(size);
		});
		run((application) -> {
			for (int call = 1; call <= 3; call++) {
				Taking taking = take(application, server);
				long all = (long) call * size;
				// Without any demand
				eventually().until(() -> this.sent.get() == all);
				taking.request(Long.MAX_VALUE);
				eventually().until(() -> taking.taken.get() == size && taking.isDisposed());
			}
		});
		assertThat(server.accepted()).isOne();
	}

	@Test
	void demandOneByOneAndAtOnceGiveTheSame() throws Exception {
		ScriptedServer server = serve((exchange) -> exchange.respond(200, "0123456789".repeat(100_000)));
		run((application) -> {
			Flux<DataBuffer> body = application.client()
				.get()
				.uri(server.uri("/"))
				.retrieve()
				.bodyToFlux(DataBuffer.class);
			Mono<Long> oneByOne = body.limitRate(1).map(BackPressureIT::size).reduce(Long::sum);
			Mono<Long> atOnce = body.map(BackPressureIT::size).reduce(Long::sum);
			assertThat(oneByOne.block(WIDE)).isEqualTo(1_000_000);
			assertThat(atOnce.block(WIDE)).isEqualTo(1_000_000);
		});
		assertThat(server.accepted()).isOne();
	}

	private static byte[] bytes(DataBuffer part) {
		byte[] bytes = new byte[part.readableByteCount()];
		part.read(bytes);
		return bytes;
	}

	private static long size(DataBuffer part) {
		long size = part.readableByteCount();
		DataBufferUtils.release(part);
		return size;
	}

	/**
	 * Takes what it was told to ask for.
	 */
	private static final class Taking extends BaseSubscriber<DataBuffer> {

		private final AtomicLong taken = new AtomicLong();

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks later
		}

		@Override
		protected void hookOnNext(DataBuffer part) {
			this.taken.addAndGet(size(part));
		}

	}

}
