package dev.tidepool.policy;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.tidepool.policy.RetryDecision.Repeat;
import dev.tidepool.policy.RetryDecision.Stop;
import dev.tidepool.policy.RetryDecision.StopReason;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The decision whether a request is sent again, row by row. Three attempts, pauses up to
 * 50 and 100 ms, of which the random number takes a half, Retry-After up to 2 s.
 */
class RetryPolicyTests {

	private static final double HALF = 0.5;

	private final RetryPolicy policy = new RetryPolicy(RetrySettings.DEFAULTS);

	@ParameterizedTest(name = "{0} {1} body {2}, {3} connection, free repeat {4}, attempt {5}, "
			+ "Retry-After {6} ms, left {7} ms -> {8}")
	@CsvSource(delimiter = '|', textBlock = """
			# cause | request        | body       | connection | free repeat | attempt | Retry-After | left | decision
			# No connection came about: any request, within attempts and time, never for free
			CONNECT | idempotent     | repeatable | new        | unused | 1 |       |       | repeat after 25 ms
			CONNECT | idempotent     | repeatable | new        | unused | 2 |       |       | repeat after 50 ms
			CONNECT | idempotent     | repeatable | new        | unused | 3 |       |       | stop: ATTEMPTS
			CONNECT | not idempotent | repeatable | new        | unused | 1 |       |       | repeat after 25 ms
			CONNECT | not idempotent | streamed   | new        | unused | 1 |       |       | repeat after 25 ms
			CONNECT | not idempotent | streamed   | new        | unused | 2 |       |       | repeat after 50 ms
			CONNECT | not idempotent | streamed   | new        | unused | 3 |       |       | stop: ATTEMPTS
			# A reused connection that was found dead: nothing was sent, so any method takes a new one
			CONNECT | not idempotent | streamed   | reused     | unused | 1 |       |       | repeat for free
			CONNECT | not idempotent | streamed   | reused     | unused | 3 |       |       | repeat for free
			CONNECT | not idempotent | streamed   | reused     | unused | 1 |       | 0     | stop: DEADLINE
			CONNECT | not idempotent | streamed   | reused     | used   | 1 |       |       | repeat after 25 ms
			CONNECT | idempotent     | repeatable | new        | used   | 1 |       |       | repeat after 25 ms
			CONNECT | idempotent     | repeatable | new        | unused | 1 |       | 25    | stop: DEADLINE
			CONNECT | idempotent     | repeatable | new        | unused | 1 |       | 26    | repeat after 25 ms
			CONNECT | idempotent     | repeatable | new        | unused | 1 |       | 0     | stop: DEADLINE
			CONNECT | idempotent     | repeatable | new        | unused | 1 |       | -1    | stop: DEADLINE
			# Lost on a new connection: only what may be processed twice and can be sent twice
			LOST    | idempotent     | repeatable | new        | unused | 1 |       |       | repeat after 25 ms
			LOST    | idempotent     | repeatable | new        | unused | 2 |       |       | repeat after 50 ms
			LOST    | idempotent     | repeatable | new        | unused | 3 |       |       | stop: ATTEMPTS
			LOST    | idempotent     | repeatable | new        | unused | 4 |       |       | stop: ATTEMPTS
			LOST    | not idempotent | repeatable | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			LOST    | idempotent     | streamed   | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			LOST    | not idempotent | streamed   | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			LOST    | idempotent     | repeatable | new        | unused | 1 |       | 10    | stop: DEADLINE
			# Lost on a reused connection: free once, then as any other loss
			LOST    | idempotent     | repeatable | reused     | unused | 1 |       |       | repeat for free
			LOST    | idempotent     | repeatable | reused     | unused | 2 |       |       | repeat for free
			LOST    | idempotent     | repeatable | reused     | unused | 3 |       |       | repeat for free
			LOST    | idempotent     | repeatable | reused     | unused | 1 |       | 1     | repeat for free
			LOST    | idempotent     | repeatable | reused     | unused | 1 |       | 0     | stop: DEADLINE
			LOST    | idempotent     | repeatable | reused     | unused | 1 |       | -1    | stop: DEADLINE
			LOST    | idempotent     | repeatable | reused     | used   | 1 |       |       | repeat after 25 ms
			LOST    | idempotent     | repeatable | reused     | used   | 3 |       |       | stop: ATTEMPTS
			LOST    | idempotent     | repeatable | new        | used   | 1 |       |       | repeat after 25 ms
			LOST    | not idempotent | repeatable | reused     | unused | 1 |       |       | stop: NOT_REPEATABLE
			LOST    | idempotent     | streamed   | reused     | unused | 1 |       |       | stop: NOT_REPEATABLE
			# A status: never for free, and Retry-After counts
			STATUS  | idempotent     | repeatable | new        | unused | 1 |       |       | repeat after 25 ms
			STATUS  | idempotent     | repeatable | reused     | unused | 1 |       |       | repeat after 25 ms
			STATUS  | idempotent     | repeatable | new        | unused | 3 |       |       | stop: ATTEMPTS
			STATUS  | not idempotent | repeatable | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			STATUS  | not idempotent | repeatable | new        | unused | 1 | 1000  |       | stop: NOT_REPEATABLE
			STATUS  | idempotent     | streamed   | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 0     |       | repeat after 25 ms
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 24    |       | repeat after 25 ms
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 1000  |       | repeat after 1000 ms
			STATUS  | idempotent     | repeatable | new        | unused | 2 | 1000  |       | repeat after 1000 ms
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 2000  |       | repeat after 2000 ms
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 2001  |       | stop: RETRY_AFTER
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 120000 |      | stop: RETRY_AFTER
			STATUS  | idempotent     | repeatable | new        | unused | 3 | 120000 |      | stop: ATTEMPTS
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 1000  | 1000  | stop: DEADLINE
			STATUS  | idempotent     | repeatable | new        | unused | 1 | 1000  | 1001  | repeat after 1000 ms
			# Anything else would end the same way
			OTHER   | idempotent     | repeatable | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			OTHER   | idempotent     | repeatable | reused     | unused | 1 |       |       | stop: NOT_REPEATABLE
			OTHER   | not idempotent | streamed   | new        | unused | 1 |       |       | stop: NOT_REPEATABLE
			""")
	void requestIsSentAgainOnlyWhereItMay(FailureCause cause, String request, String body, String connection,
			String freeRepeat, int attempt, @Nullable Long retryAfterMillis, @Nullable Long leftMillis,
			String decision) {
		AttemptFailure failure = new AttemptFailure(cause, request.equals("idempotent"), body.equals("repeatable"),
				connection.equals("reused"), freeRepeat.equals("used"), attempt,
				(retryAfterMillis != null) ? TimeUnit.MILLISECONDS.toNanos(retryAfterMillis) : RetryAfter.NONE,
				(leftMillis != null) ? TimeUnit.MILLISECONDS.toNanos(leftMillis) : Long.MAX_VALUE);
		assertThat(describe(this.policy.decide(failure, HALF))).isEqualTo(decision);
	}

	@Test
	void whateverHappensNothingIsProcessedTwiceThatMustNotBe() {
		for (FailureCause cause : FailureCause.values()) {
			for (int bits = 0; bits < 16; bits++) {
				for (int attempt = 1; attempt <= 4; attempt++) {
					boolean idempotent = (bits & 1) != 0;
					boolean repeatable = (bits & 2) != 0;
					boolean reused = (bits & 4) != 0;
					boolean freeRepeatUsed = (bits & 8) != 0;
					AttemptFailure failure = new AttemptFailure(cause, idempotent, repeatable, reused, freeRepeatUsed,
							attempt, RetryAfter.NONE, Long.MAX_VALUE);
					if (this.policy.decide(failure, HALF) instanceof Repeat repeat) {
						assertThat(cause).as("%s", failure).isNotEqualTo(FailureCause.OTHER);
						assertThat(cause == FailureCause.CONNECT || (idempotent && repeatable)).as("%s", failure)
							.isTrue();
						assertThat(repeat.free() || attempt < 3).as("%s", failure).isTrue();
						assertThat(repeat.free()).as("%s", failure)
							.isEqualTo((cause == FailureCause.LOST || cause == FailureCause.CONNECT) && reused
									&& !freeRepeatUsed);
					}
				}
			}
		}
	}

	@ParameterizedTest
	@EnumSource(FailureCause.class)
	void nothingIsSentAgainWhereRepeatsAreOff(FailureCause cause) {
		RetryPolicy off = new RetryPolicy(settings(false, 3, Duration.ofSeconds(2)));
		// A reused connection that was found dead has carried nothing
		assertThat(off.decide(failure(cause, true), HALF))
			.isEqualTo((cause == FailureCause.CONNECT) ? new Repeat(0, true) : new Stop(StopReason.NOT_REPEATABLE));
		assertThat(off.decide(failure(cause, false), HALF)).isEqualTo(new Stop(StopReason.NOT_REPEATABLE));
		assertThat(off.isRetriedStatus(503)).isFalse();
	}

	@Test
	void aSingleAttemptLeavesTheFreeRepeatOnly() {
		RetryPolicy single = new RetryPolicy(settings(true, 1, Duration.ofSeconds(2)));
		assertThat(single.decide(failure(FailureCause.CONNECT, false), HALF)).isEqualTo(new Stop(StopReason.ATTEMPTS));
		assertThat(single.decide(failure(FailureCause.STATUS, true), HALF)).isEqualTo(new Stop(StopReason.ATTEMPTS));
		assertThat(single.decide(failure(FailureCause.LOST, false), HALF)).isEqualTo(new Stop(StopReason.ATTEMPTS));
		assertThat(single.decide(failure(FailureCause.LOST, true), HALF)).isEqualTo(new Repeat(0, true));
	}

	@Test
	void noRetryAfterIsWaitedForWhereItsMaximumIsZero() {
		RetryPolicy impatient = new RetryPolicy(settings(true, 3, Duration.ZERO));
		assertThat(impatient.decide(retryAfter(1), HALF)).isEqualTo(new Stop(StopReason.RETRY_AFTER));
		assertThat(impatient.decide(retryAfter(0), HALF))
			.isEqualTo(new Repeat(TimeUnit.MILLISECONDS.toNanos(25), false));
		assertThat(impatient.decide(retryAfter(RetryAfter.NONE), HALF))
			.isEqualTo(new Repeat(TimeUnit.MILLISECONDS.toNanos(25), false));
	}

	@Test
	void jitterNeverComesBeforeRetryAfter() {
		AttemptFailure failure = retryAfter(TimeUnit.MILLISECONDS.toNanos(10));
		assertThat(this.policy.decide(failure, 0)).isEqualTo(new Repeat(TimeUnit.MILLISECONDS.toNanos(10), false));
		assertThat(this.policy.decide(failure, 0.8)).isEqualTo(new Repeat(TimeUnit.MILLISECONDS.toNanos(40), false));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" })
	void methodIsIdempotentByItsMeaning(String method) {
		assertThat(RetryPolicy.isIdempotent(method)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH", "CONNECT", "PROPFIND", "get", "Get", "GET ", "" })
	void methodIsNotIdempotentUnlessItIsKnownToBe(String method) {
		assertThat(RetryPolicy.isIdempotent(method)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 429, 502, 503, 504 })
	void statusIsRetriedWhereItIsListed(int status) {
		assertThat(this.policy.isRetriedStatus(status)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 200, 204, 301, 304, 400, 404, 408, 413, 425, 428, 430, 500, 501, 505, 599 })
	void statusIsNotRetriedWhereItIsNotListed(int status) {
		assertThat(this.policy.isRetriedStatus(status)).isFalse();
	}

	@Test
	void policyKnowsItsSettings() {
		assertThat(this.policy.settings()).isSameAs(RetrySettings.DEFAULTS);
	}

	private static AttemptFailure failure(FailureCause cause, boolean reused) {
		return new AttemptFailure(cause, true, true, reused, false, 1, RetryAfter.NONE, Long.MAX_VALUE);
	}

	private static AttemptFailure retryAfter(long nanos) {
		return new AttemptFailure(FailureCause.STATUS, true, true, false, false, 1, nanos, Long.MAX_VALUE);
	}

	private static RetrySettings settings(boolean enabled, int maxAttempts, Duration retryAfterMax) {
		return new RetrySettings(enabled, maxAttempts, BackoffSettings.DEFAULTS, Set.of(503), retryAfterMax,
				BudgetSettings.DEFAULTS, List.of());
	}

	private static String describe(RetryDecision decision) {
		if (decision instanceof Repeat repeat) {
			return repeat.free() && repeat.delayNanos() == 0 ? "repeat for free"
					: "repeat after " + Duration.ofNanos(repeat.delayNanos()).toMillis() + " ms";
		}
		return "stop: " + ((Stop) decision).reason();
	}

}
