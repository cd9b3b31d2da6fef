package dev.tidepool.soak;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestBodySpec;

import dev.tidepool.bounds.SoakBody;
import dev.tidepool.testsupport.Interrupt;

/**
 * Makes calls with RestClient, some of which are interrupted.
 *
 * @param client the client
 * @param servers the upstreams
 * @param tally of the calls
 * @param others interrupts them
 */
record BlockingCalls(RestClient client, MixedServers servers, MixedTally tally, ScheduledExecutorService others) {

	private static final int SOME = 50;

	void make(MixedPlan plan) {
		this.tally.started(plan);
		Interrupt interrupt = new Interrupt(Thread.currentThread());
		Future<?> delivery = plan.leaves()
				? this.others.schedule(interrupt::deliver, plan.leavesAfter().toNanos(), TimeUnit.NANOSECONDS) : null;
		Throwable failure = null;
		MixedOutcome outcome = null;
		try {
			outcome = call(plan);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		boolean delivered = interrupt.isOver();
		boolean flag = Thread.interrupted();
		if (delivery != null) {
			delivery.cancel(false);
		}
		if (delivered) {
			this.tally.left();
		}
		if (flag != delivered) {
			this.tally.violation("The interrupt was %s in %s".formatted(delivered ? "swallowed" : "invented", plan),
					failure);
		}
		if (failure != null) {
			this.tally.failed(plan, failure);
		}
		else {
			this.tally.ended(plan, outcome);
		}
	}

	private MixedOutcome call(MixedPlan plan) {
		RequestBodySpec request = this.client.method(plan.method().method())
			.uri(this.servers.of(plan.upstream()).url())
			.header(MixedServers.NUMBER, String.valueOf(plan.number()));
		if (plan.method().isKeyed()) {
			request.header("Idempotency-Key", "key-" + plan.number());
		}
		if (plan.method().hasBody()) {
			addBody(request, plan);
		}
		if (plan.reading() == MixedReading.RETRIEVED) {
			ResponseEntity<byte[]> response = request.retrieve().onStatus((status) -> true, (sent, got) -> {
			}).toEntity(byte[].class);
			return MixedResponse.of(response.getStatusCode(), response.getHeaders(), response.getBody()).outcome(plan);
		}
		return request.exchangeForRequiredValue((sent, response) -> {
			byte[] body = (plan.reading() == MixedReading.IN_PART) ? response.getBody().readNBytes(SOME)
					: response.getBody().readAllBytes();
			return MixedResponse.of(response.getStatusCode(), response.getHeaders(), body).outcome(plan);
		});
	}

	private static void addBody(RequestBodySpec request, MixedPlan plan) {
		byte[] body = SoakBody.of(plan.number(), plan.requestSize());
		if (plan.streamed()) {
			request.body((out) -> {
				out.write(body, 0, body.length / 2);
				out.flush();
				out.write(body, body.length / 2, body.length - body.length / 2);
			});
		}
		else {
			request.body(body);
		}
	}

}
