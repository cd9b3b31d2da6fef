package dev.tidepool.policy;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What may be sent again, how often, and when.
 *
 * @param enabled whether anything is repeated at all
 * @param maxAttempts attempts a call may have, the first included
 * @param backoff pauses between attempts
 * @param statuses response statuses that are worth another attempt
 * @param retryAfterMax longest {@code Retry-After} that is waited for
 * @param budget what repeats may add to the load of an upstream
 * @param idempotencyKeyHeaders request headers whose presence makes any method safe to
 * repeat
 */
public record RetrySettings(boolean enabled, int maxAttempts, BackoffSettings backoff, Set<Integer> statuses,
		Duration retryAfterMax, BudgetSettings budget, List<String> idempotencyKeyHeaders) {

	public static final RetrySettings DEFAULTS = new RetrySettings(true, 3, BackoffSettings.DEFAULTS,
			Set.of(429, 502, 503, 504), Duration.ofSeconds(2), BudgetSettings.DEFAULTS,
			List.of("Idempotency-Key", "X-Idempotency-Key"));

	public RetrySettings {
		InvalidSettingException.require("max-attempts", maxAttempts, (max) -> max >= 1,
				"must be at least 1: the first attempt counts", "Set 1 to never repeat, 3 to repeat twice.");
		statuses = Set.copyOf(statuses);
		for (Integer status : statuses) {
			InvalidSettingException.require("statuses", status, (value) -> value >= 400 && value <= 599,
					"is not an error status", "List statuses from 400 to 599, such as 503.");
		}
		Durations.requireNotNegative("retry-after-max", retryAfterMax);
		idempotencyKeyHeaders = List.copyOf(idempotencyKeyHeaders);
		for (String header : idempotencyKeyHeaders) {
			InvalidSettingException.require("idempotency-key-headers", header, RequestSyntax::isToken,
					"is not a header name", "List header names such as Idempotency-Key.");
		}
	}

}
