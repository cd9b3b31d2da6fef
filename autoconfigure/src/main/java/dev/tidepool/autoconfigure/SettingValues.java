package dev.tidepool.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import dev.tidepool.policy.Durations;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The value that each property of an upstream has in its settings, as it would be written
 * in a file. The counterpart of {@link TidepoolPropertiesMapper}, and the one list of
 * these properties: a test finds those that are missing here.
 */
final class SettingValues {

	private static final Map<String, Function<UpstreamSettings, @Nullable Object>> BY_KEY = new LinkedHashMap<>();

	static {
		BY_KEY.put("pool.max-per-upstream", (settings) -> settings.pool().maxPerUpstream());
		BY_KEY.put("pool.max-pending", (settings) -> settings.pool().maxPending());
		BY_KEY.put("pool.acquire-timeout", (settings) -> settings.pool().acquireTimeout());
		BY_KEY.put("pool.max-lifetime", (settings) -> settings.pool().maxLifetime());
		BY_KEY.put("pool.min-idle", (settings) -> settings.pool().minIdle());
		BY_KEY.put("pool.leak-detection-threshold", (settings) -> settings.pool().leakDetectionThreshold());
		BY_KEY.put("keep-alive.upstream-timeout", (settings) -> settings.keepAlive().upstreamTimeout());
		BY_KEY.put("keep-alive.margin", (settings) -> settings.keepAlive().margin());
		BY_KEY.put("keep-alive.honor-header", (settings) -> settings.keepAlive().honorHeader());
		BY_KEY.put("keep-alive.learn", (settings) -> settings.keepAlive().learn());
		BY_KEY.put("keep-alive.max-requests", (settings) -> positiveOrNull(settings.keepAlive().maxRequests()));
		BY_KEY.put("timeout.connect", (settings) -> settings.timeout().connect());
		BY_KEY.put("timeout.tls-handshake", (settings) -> settings.timeout().tlsHandshake());
		BY_KEY.put("timeout.response", (settings) -> settings.timeout().response());
		BY_KEY.put("timeout.read", (settings) -> settings.timeout().read());
		BY_KEY.put("timeout.call", (settings) -> settings.timeout().call());
		BY_KEY.put("retry.enabled", (settings) -> settings.retry().enabled());
		BY_KEY.put("retry.max-attempts", (settings) -> settings.retry().maxAttempts());
		BY_KEY.put("retry.backoff.initial", (settings) -> settings.retry().backoff().initial());
		BY_KEY.put("retry.backoff.multiplier", (settings) -> settings.retry().backoff().multiplier());
		BY_KEY.put("retry.backoff.max", (settings) -> settings.retry().backoff().max());
		BY_KEY.put("retry.statuses", (settings) -> new TreeSet<>(settings.retry().statuses()));
		BY_KEY.put("retry.retry-after-max", (settings) -> settings.retry().retryAfterMax());
		BY_KEY.put("retry.budget.ratio", (settings) -> settings.retry().budget().ratio());
		BY_KEY.put("retry.budget.min-per-second", (settings) -> settings.retry().budget().minPerSecond());
		BY_KEY.put("retry.idempotency-key-headers", (settings) -> settings.retry().idempotencyKeyHeaders());
		BY_KEY.put("response.drain-max-size", (settings) -> size(settings.drain().maxSize()));
		BY_KEY.put("response.drain-max-time", (settings) -> settings.drain().maxTime());
		BY_KEY.put("response.max-header-count", (settings) -> settings.limits().maxHeaderCount());
		BY_KEY.put("response.max-line-length", (settings) -> size(settings.limits().maxLineLength()));
		BY_KEY.put("response.max-interim-responses", (settings) -> settings.limits().maxInterimResponses());
		BY_KEY.put("response.max-decompressed-size", (settings) -> size(settings.limits().maxDecompressedSize()));
		BY_KEY.put("redirect.max", UpstreamSettings::maxRedirects);
		BY_KEY.put("proxy.url", (settings) -> settings.proxy().url());
		BY_KEY.put("proxy.use-system", (settings) -> settings.proxy().useSystem());
		BY_KEY.put("proxy.no-proxy", (settings) -> settings.proxy().noProxy());
		BY_KEY.put("proxy.username", (settings) -> hidden(settings.proxy().username()));
		BY_KEY.put("proxy.password", (settings) -> hidden(settings.proxy().password()));
		BY_KEY.put("ssl.bundle", UpstreamSettings::sslBundle);
	}

	private SettingValues() {
	}

	/**
	 * All of them.
	 * @param settings the settings
	 * @return the values by the key below {@code tidepool}, {@code null} for unset
	 */
	static Map<String, @Nullable String> of(UpstreamSettings settings) {
		Map<String, @Nullable String> values = new LinkedHashMap<>();
		BY_KEY.forEach((key, value) -> values.put(key, text(value.apply(settings))));
		return values;
	}

	static @Nullable String text(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return Durations.display(duration);
		}
		if (value instanceof Double number && number == Math.rint(number)) {
			return String.valueOf(number.longValue());
		}
		if (value instanceof Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT);
		}
		if (value instanceof Collection<?> values) {
			return values.isEmpty() ? null : values.stream().map(Object::toString).collect(Collectors.joining(","));
		}
		return (value != null) ? value.toString() : null;
	}

	private static String size(long bytes) {
		DataSize size = DataSize.ofBytes(bytes);
		if (bytes > 0 && bytes % (1024 * 1024) == 0) {
			return size.toMegabytes() + "MB";
		}
		return (bytes % 1024 == 0) ? size.toKilobytes() + "KB" : size.toString();
	}

	private static @Nullable Integer positiveOrNull(int value) {
		return (value > 0) ? value : null;
	}

	// That there is one is all that anybody may see
	private static @Nullable String hidden(@Nullable String secret) {
		return (secret != null) ? "******" : null;
	}

}
