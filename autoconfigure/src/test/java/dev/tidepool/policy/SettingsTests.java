package dev.tidepool.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What the settings refuse, and at which value they begin to.
 */
class SettingsTests {

	private static final Duration NEGATIVE = Duration.ofMillis(-1);

	private static final Duration SHORTEST = Duration.ofNanos(1);

	@ParameterizedTest(name = "{0} = {1} {2}")
	@MethodSource("invalid")
	void invalidValueIsRefused(String key, String value, String reason, Runnable settings) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(settings::run).satisfies((ex) -> {
			assertThat(ex.key()).isEqualTo(key);
			assertThat(ex.value()).isEqualTo(value);
			assertThat(ex.reason()).isEqualTo(reason);
			assertThat(ex.fix()).matches("(Set|List|Keep) .*\\.");
			assertThat(ex).hasMessage("'%s' is '%s' but %s. %s", key, value, reason, ex.fix());
		});
	}

	static Stream<Arguments> invalid() {
		String notLonger = "must be longer than zero";
		return Stream.of(
				// pool
				invalid("max-total", 0, "must be at least 1", () -> new PoolLimits(0, ReuseOrder.LIFO)),
				invalid("max-total", -1, "must be at least 1", () -> new PoolLimits(-1, ReuseOrder.LIFO)),
				invalid("max-per-upstream", 0, "must be at least 1",
						() -> new PoolSettings(0, 1000, SHORTEST, Duration.ofMinutes(10), 0, null)),
				invalid("max-per-upstream", -5, "must be at least 1",
						() -> new PoolSettings(-5, 1000, SHORTEST, Duration.ofMinutes(10), 0, null)),
				invalid("acquire-timeout", "0s", notLonger,
						() -> new PoolSettings(1, 1000, Duration.ZERO, Duration.ofMinutes(10), 0, null)),
				invalid("min-idle", -1, "must not be negative",
						() -> new PoolSettings(1, 1000, SHORTEST, Duration.ofMinutes(10), -1, null)),
				invalid("min-idle", 3, "is above max-per-upstream, which is 2",
						() -> new PoolSettings(2, 1000, SHORTEST, Duration.ofMinutes(10), 3, null)),
				invalid("acquire-timeout", "-1ms", notLonger,
						() -> new PoolSettings(1, 1000, NEGATIVE, Duration.ofMinutes(10), 0, null)),
				invalid("leak-detection-threshold", "-1ms", "must not be negative",
						() -> new PoolSettings(1, 1000, SHORTEST, Duration.ofMinutes(10), 0, NEGATIVE)),
				// keep-alive
				invalid("upstream-timeout", "0s", notLonger,
						() -> new KeepAliveSettings(Duration.ZERO, null, true, true, 0)),
				invalid("upstream-timeout", "-1ms", notLonger,
						() -> new KeepAliveSettings(NEGATIVE, null, true, true, 0)),
				invalid("margin", "-1ms", "must not be negative",
						() -> new KeepAliveSettings(null, NEGATIVE, true, true, 0)),
				invalid("margin", "2s",
						"is not shorter than upstream-timeout, which is 2s, so that no connection could ever be kept",
						() -> new KeepAliveSettings(Duration.ofSeconds(2), Duration.ofSeconds(2), true, true, 0)),
				invalid("margin", "3s",
						"is not shorter than upstream-timeout, which is 1500ms, so that no connection could ever be kept",
						() -> new KeepAliveSettings(Duration.ofMillis(1500), Duration.ofSeconds(3), false, true, 0)),
				// timeout
				invalid("connect", "0s", notLonger,
						() -> new TimeoutSettings(Duration.ZERO, SHORTEST, SHORTEST, SHORTEST, null)),
				invalid("tls-handshake", "-1ms", notLonger,
						() -> new TimeoutSettings(SHORTEST, NEGATIVE, SHORTEST, SHORTEST, null)),
				invalid("response", "0s", notLonger,
						() -> new TimeoutSettings(SHORTEST, SHORTEST, Duration.ZERO, SHORTEST, null)),
				invalid("read", "-1ms", notLonger,
						() -> new TimeoutSettings(SHORTEST, SHORTEST, SHORTEST, NEGATIVE, null)),
				// retry.backoff
				invalid("initial", "0s", notLonger, () -> new BackoffSettings(Duration.ZERO, 2, SHORTEST)),
				invalid("initial", "-1ms", notLonger, () -> new BackoffSettings(NEGATIVE, 2, SHORTEST)),
				invalid("max", "0s", notLonger, () -> new BackoffSettings(SHORTEST, 2, Duration.ZERO)),
				invalid("max", "49ms", "is shorter than initial, which is 50ms",
						() -> new BackoffSettings(Duration.ofMillis(50), 2, Duration.ofMillis(49))),
				invalid("multiplier", 0.99, "must be 1 or more", () -> new BackoffSettings(SHORTEST, 0.99, SHORTEST)),
				invalid("multiplier", -2.0, "must be 1 or more", () -> new BackoffSettings(SHORTEST, -2, SHORTEST)),
				invalid("multiplier", Double.NaN, "must be 1 or more",
						() -> new BackoffSettings(SHORTEST, Double.NaN, SHORTEST)),
				invalid("multiplier", Double.POSITIVE_INFINITY, "must be 1 or more",
						() -> new BackoffSettings(SHORTEST, Double.POSITIVE_INFINITY, SHORTEST)),
				// retry.budget
				invalid("ratio", -0.01, "must be from 0 to 1", () -> new BudgetSettings(-0.01, 0)),
				invalid("ratio", 1.01, "must be from 0 to 1", () -> new BudgetSettings(1.01, 0)),
				invalid("ratio", Double.NaN, "must be from 0 to 1", () -> new BudgetSettings(Double.NaN, 0)),
				invalid("min-per-second", -1, "must not be negative", () -> new BudgetSettings(0, -1)),
				// retry
				invalid("max-attempts", 0, "must be at least 1: the first attempt counts", () -> retry(0)),
				invalid("max-attempts", -1, "must be at least 1: the first attempt counts", () -> retry(-1)),
				invalid("statuses", 399, "is not an error status", () -> retryOf(399)),
				invalid("statuses", 200, "is not an error status", () -> retryOf(200)),
				invalid("statuses", 600, "is not an error status", () -> retryOf(600)),
				invalid("retry-after-max", "-1ms", "must not be negative",
						() -> retry(3, Set.of(), NEGATIVE, List.of())),
				// redirect
				invalid("redirect.max", -1, "must not be negative", () -> upstream(-1)));
	}

	@Test
	void valueAtTheEdgeIsTaken() {
		assertThatNoException().isThrownBy(() -> {
			new PoolLimits(1, ReuseOrder.FIFO);
			new PoolSettings(1, 1000, SHORTEST, Duration.ofMinutes(10), 0, Duration.ZERO);
			new KeepAliveSettings(SHORTEST, Duration.ZERO, true, true, 0);
			new KeepAliveSettings(Duration.ofSeconds(2), Duration.ofMillis(1999), true, true, 0);
			new KeepAliveSettings(null, Duration.ofDays(1), true, true, 0);
			new TimeoutSettings(SHORTEST, SHORTEST, SHORTEST, SHORTEST, null);
			new BackoffSettings(SHORTEST, 1, SHORTEST);
			new BudgetSettings(0, 0);
			new BudgetSettings(1, Integer.MAX_VALUE);
			retry(1, Set.of(400, 599), Duration.ZERO, List.of());
			upstream(0);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "Idempotency Key", "Idempotency-Key:", "Schl\u00fcssel", "a\r\nb", "a,b", "a;b",
			"(a)", "\"a\"", "a/b", "a@b" })
	void whatIsNoHeaderNameIsRefused(String header) {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> retry(3, Set.of(), Duration.ZERO, List.of("Idempotency-Key", header)))
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo("idempotency-key-headers"))
			.satisfies((ex) -> assertThat(ex.value()).isEqualTo(header));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Idempotency-Key", "x_key", "a", "0", "!#$%&'*+-.^_`|~" })
	void headerNameIsTaken(String header) {
		assertThat(retry(3, Set.of(), Duration.ZERO, List.of(header)).idempotencyKeyHeaders()).containsExactly(header);
	}

	@Test
	void laterChangesOfCollectionsChangeNothing() {
		Set<Integer> statuses = new HashSet<>(Set.of(503));
		List<String> headers = new ArrayList<>(List.of("Idempotency-Key"));
		RetrySettings retry = retry(3, statuses, Duration.ZERO, headers);
		statuses.add(200);
		headers.add("a b");
		assertThat(retry.statuses()).containsExactly(503).isUnmodifiable();
		assertThat(retry.idempotencyKeyHeaders()).containsExactly("Idempotency-Key").isUnmodifiable();
	}

	@Test
	void defaultsAreThoseOfTheDesign() {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		assertThat(defaults.name()).isNull();
		assertThat(defaults.sslBundle()).isNull();
		assertThat(defaults.maxRedirects()).isEqualTo(10);
		assertThat(defaults.proxy()).isEqualTo(new ProxySettings(null, false, List.of(), null, null));
		assertThat(PoolLimits.DEFAULTS).isEqualTo(new PoolLimits(1000, ReuseOrder.LIFO));
		assertThat(defaults.pool())
			.isEqualTo(new PoolSettings(200, 1000, Duration.ofSeconds(1), Duration.ofMinutes(10), 0, null));
		assertThat(defaults.keepAlive()).isEqualTo(new KeepAliveSettings(null, null, true, true, 0));
		assertThat(defaults.timeout()).isEqualTo(new TimeoutSettings(Duration.ofSeconds(2), Duration.ofSeconds(5),
				Duration.ofSeconds(30), Duration.ofSeconds(30), null));
		assertThat(defaults.retry()).isEqualTo(new RetrySettings(true, 3,
				new BackoffSettings(Duration.ofMillis(50), 2, Duration.ofSeconds(1)), Set.of(429, 502, 503, 504),
				Duration.ofSeconds(2), new BudgetSettings(0.2, 10), List.of("Idempotency-Key", "X-Idempotency-Key")));
	}

	private static Arguments invalid(String key, Object value, String reason, Runnable settings) {
		return arguments(key, String.valueOf(value), reason, settings);
	}

	private static RetrySettings retry(int maxAttempts) {
		return retry(maxAttempts, Set.of(503), Duration.ZERO, List.of());
	}

	private static RetrySettings retryOf(Integer... statuses) {
		return retry(3, new HashSet<>(Arrays.asList(statuses)), Duration.ZERO, List.of());
	}

	private static RetrySettings retry(int maxAttempts, Set<Integer> statuses, Duration retryAfterMax,
			List<String> headers) {
		return new RetrySettings(true, maxAttempts, BackoffSettings.DEFAULTS, statuses, retryAfterMax,
				BudgetSettings.DEFAULTS, headers);
	}

	private static UpstreamSettings upstream(int maxRedirects) {

		return new UpstreamSettings(null, PoolSettings.DEFAULTS, KeepAliveSettings.DEFAULTS, TimeoutSettings.DEFAULTS,
				RetrySettings.DEFAULTS, DrainSettings.DEFAULTS, ResponseLimits.DEFAULTS, maxRedirects,
				ProxySettings.NONE, null);
	}

}
