package dev.tidepool.soak;

import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClient.RequestBodySpec;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.tidepool.bounds.SoakBody;

/**
 * Makes calls with WebClient, some of which are cancelled.
 *
 * @param client the client
 * @param servers the upstreams
 * @param tally of the calls
 * @param others cancels them
 */
record ReactiveCalls(WebClient client, MixedServers servers, MixedTally tally, ScheduledExecutorService others) {

	void make(MixedPlan plan) {
		this.tally.started(plan);
		Caller caller = new Caller(plan);
		call(plan).subscribe(caller);
		if (plan.leaves()) {
			this.others.schedule(caller::leave, plan.leavesAfter().toNanos(), TimeUnit.NANOSECONDS);
		}
	}

	private Mono<MixedOutcome> call(MixedPlan plan) {
		RequestBodySpec request = this.client.method(plan.method().method())
			.uri(this.servers.of(plan.upstream()).url())
			.header(MixedServers.NUMBER, String.valueOf(plan.number()));
		if (plan.method().isKeyed()) {
			request.header("Idempotency-Key", "key-" + plan.number());
		}
		if (plan.method().hasBody()) {
			addBody(request, plan);
		}
		Mono<MixedResponse> response = (plan.reading() == MixedReading.RETRIEVED)
				? request.retrieve()
					.onStatus((status) -> true, (got) -> Mono.empty())
					.toEntity(byte[].class)
					.map((got) -> MixedResponse.of(got.getStatusCode(), got.getHeaders(), got.getBody()))
				: request.exchangeToMono((got) -> read(plan, got));
		return response.map((got) -> got.outcome(plan));
	}

	private static void addBody(RequestBodySpec request, MixedPlan plan) {
		byte[] body = SoakBody.of(plan.number(), plan.requestSize());
		if (plan.streamed()) {
			int half = body.length / 2;
			request.body(Flux.just(Arrays.copyOf(body, half), Arrays.copyOfRange(body, half, body.length)),
					byte[].class);
		}
		else {
			request.bodyValue(body);
		}
	}

	private static Mono<MixedResponse> read(MixedPlan plan, ClientResponse response) {
		Flux<DataBuffer> parts = response.bodyToFlux(DataBuffer.class);
		Mono<DataBuffer> body = (plan.reading() == MixedReading.IN_PART) ? parts.next() : DataBufferUtils.join(parts);
		return body.map(ReactiveCalls::bytes)
			.defaultIfEmpty(new byte[0])
			.map((bytes) -> MixedResponse.of(response.statusCode(), response.headers().asHttpHeaders(), bytes));
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	/**
	 * One who calls, and may go away.
	 */
	private final class Caller extends BaseSubscriber<MixedOutcome> {

		private final MixedPlan plan;

		private final AtomicBoolean over = new AtomicBoolean();

		private MixedOutcome outcome;

		Caller(MixedPlan plan) {
			this.plan = plan;
		}

		void leave() {
			cancel();
			if (this.over.compareAndSet(false, true)) {
				ReactiveCalls.this.tally.left();
				ReactiveCalls.this.tally.ended(this.plan, MixedOutcome.CANCELLED);
			}
		}

		@Override
		protected void hookOnNext(MixedOutcome outcome) {
			this.outcome = outcome;
		}

		@Override
		protected void hookOnComplete() {
			if (this.over.compareAndSet(false, true)) {
				ReactiveCalls.this.tally.ended(this.plan,
						(this.outcome != null) ? this.outcome : MixedOutcome.UNEXPECTED);
			}
		}

		@Override
		protected void hookOnError(Throwable failure) {
			if (this.over.compareAndSet(false, true)) {
				ReactiveCalls.this.tally.failed(this.plan, failure);
			}
		}

	}

}
