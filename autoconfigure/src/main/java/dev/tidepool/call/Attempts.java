package dev.tidepool.call;

import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;
import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.ConnectionEvents;
import dev.tidepool.connection.ConnectionRecord;
import dev.tidepool.connection.FailedAttempt;
import dev.tidepool.connection.NanoClock;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.SharedPool;
import dev.tidepool.connection.Shutdown;
import dev.tidepool.connection.Upstream;
import dev.tidepool.policy.AttemptFailure;
import dev.tidepool.policy.FailureCause;
import dev.tidepool.policy.RetryAfter;
import dev.tidepool.policy.RetryDecision;
import dev.tidepool.policy.RetryDecision.Repeat;
import dev.tidepool.policy.RetryDecision.Stop;
import dev.tidepool.policy.RetryDecision.StopReason;

/**
 * The attempts of one call, one after the other: counts them, learns from how each ends,
 * and says whether another one follows.
 */
public final class Attempts {

	private final Call call;

	private final Upstream upstream;

	private final Shutdown shutdown;

	private final NanoClock clock;

	private final ConnectionEvents events;

	private int attempt = 1;

	private boolean freeRepeatUsed;

	private @Nullable FailureCause repeatOf;

	public Attempts(Call call, SharedPool pool) {
		this.call = call;
		this.upstream = call.upstream();
		this.shutdown = pool.upstreams().shutdown();
		this.clock = pool.clock();
		this.events = pool.events();
	}

	public void starts() {
		this.call.attemptStarts(this.attempt);
	}

	/**
	 * An attempt gave a response.
	 * @param response the response
	 * @return the cause for another attempt that its status is, or {@code null}
	 */
	public @Nullable FailureCause ended(HttpResponse response) {
		FailureCause cause = this.upstream.retry().isRetriedStatus(response.getCode()) ? FailureCause.STATUS : null;
		countRepeat((cause != null) ? RetryOutcome.FAILURE : RetryOutcome.SUCCESS);
		return cause;
	}

	/**
	 * An attempt failed.
	 * @param ex what it ended with
	 * @return what that means for another one
	 */
	public FailureCause ended(Throwable ex) {
		FailureCause cause = Failures.causeOf(ex, this.call);
		countRepeat(RetryOutcome.FAILURE);
		ConnectionRecord connection = this.call.connection();
		if (cause == FailureCause.LOST && connection != null && this.call.reusedConnection()) {
			connection.lostOnReuse(this.clock.nanoTime());
		}
		return cause;
	}

	/**
	 * Decide whether the request is sent again, which then counts.
	 * @param cause why it would be
	 * @param response the response that it got, if any
	 * @return the repeat, or {@code null} if the caller gets the outcome as it is
	 */
	public @Nullable Repeat next(FailureCause cause, @Nullable HttpResponse response) {
		long now = this.clock.nanoTime();
		AttemptFailure failure = new AttemptFailure(cause, this.call.isIdempotent(), this.call.isBodyRepeatable(),
				this.call.reusedConnection(), this.freeRepeatUsed, this.attempt, retryAfter(response),
				this.call.deadline().left(now));
		if (this.shutdown.isOver()) {
			return null;
		}
		RetryDecision decision = this.upstream.retry().decide(failure, ThreadLocalRandom.current().nextDouble());
		if (decision instanceof Repeat repeat && !repeat.free()) {
			if (this.shutdown.isBegun()) {
				return null;
			}
			if (!this.upstream.budget().tryTake(now)) {
				decision = new Stop(StopReason.BUDGET);
			}
		}
		if (decision instanceof Stop stop) {
			countStop(cause, stop.reason());
			return null;
		}
		Repeat repeat = (Repeat) decision;
		this.repeatOf = cause;
		this.events.repeats(this.upstream.stats(),
				new FailedAttempt(this.attempt, cause, (response != null) ? response.getCode() : 0),
				this.call.requestAttributes());
		if (repeat.free()) {
			this.freeRepeatUsed = true;
		}
		else {
			this.attempt++;
		}
		return repeat;
	}

	private static long retryAfter(@Nullable HttpResponse response) {
		Header header = (response != null) ? response.getFirstHeader(HttpHeaders.RETRY_AFTER) : null;
		return (header != null && header.getValue() != null) ? RetryAfter.nanos(header.getValue(), Instant.now())
				: RetryAfter.NONE;
	}

	private void countRepeat(RetryOutcome outcome) {
		if (this.repeatOf != null) {
			this.upstream.stats().retried(this.repeatOf, outcome);
			this.repeatOf = null;
		}
	}

	private void countStop(FailureCause cause, StopReason reason) {
		switch (reason) {
			case ATTEMPTS -> this.upstream.stats().retried(cause, RetryOutcome.NO_ATTEMPTS_LEFT);
			case RETRY_AFTER -> this.upstream.stats().retried(cause, RetryOutcome.RETRY_AFTER_TOO_LONG);
			case DEADLINE -> this.upstream.stats().retried(cause, RetryOutcome.NO_TIME_LEFT);
			case BUDGET -> this.upstream.stats().retried(cause, RetryOutcome.NO_BUDGET_LEFT);
			case NOT_REPEATABLE -> {
			}
		}
	}

}
