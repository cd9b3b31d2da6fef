package dev.tidepool.actuate;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.tidepool.TidepoolMeter;

/**
 * The tags of each meter beside {@code upstream}, with all their values.
 */
final class MeterTags {

	private static final Map<TidepoolMeter, Map<String, List<String>>> VALUES = values();

	private MeterTags() {
	}

	private static Map<TidepoolMeter, Map<String, List<String>>> values() {
		Map<TidepoolMeter, Map<String, List<String>>> values = new EnumMap<>(TidepoolMeter.class);
		values.put(TidepoolMeter.CONNECTIONS, Map.of("state", List.of("active", "idle", "canary")));
		values.put(TidepoolMeter.ACQUIRE, Map.of("outcome", List.of("success", "failure")));
		values.put(TidepoolMeter.REFUSED, Map.of("reason", List.of("max-pending", "acquire-timeout")));
		values.put(TidepoolMeter.CONNECT, Map.of("outcome", List.of("success", "failure")));
		values.put(TidepoolMeter.CONNECT_PHASE, Map.of("phase", List.of("dns", "tcp", "tls")));
		values.put(TidepoolMeter.CLOSED,
				Map.of("reason",
						List.of("idle", "lifetime", "requests", "peer-closed-idle", "peer-closed-on-reuse",
								"connection-close", "error", "deadline", "cancelled", "unread-response",
								"unasked-bytes", "tls-rotated", "shrink", "leak", "shut-down")));
		values.put(TidepoolMeter.KEEP_ALIVE, Map.of("kind", List.of("trusted", "configured", "learned")));
		Map<String, List<String>> retries = new LinkedHashMap<>();
		retries.put("cause", List.of("connect", "lost", "status"));
		retries.put("outcome", List.of("success", "failure", "no-attempts-left", "retry-after-too-long", "no-time-left",
				"no-budget-left"));
		values.put(TidepoolMeter.RETRIES, retries);
		values.put(TidepoolMeter.EXPIRED,
				Map.of("phase", List.of("resolve", "connect", "tls-handshake", "request", "response", "read")));
		values.put(TidepoolMeter.DRAINS, Map.of("outcome", List.of("drained", "given-up")));
		return values;
	}

	static Map<String, List<String>> of(TidepoolMeter meter) {
		return VALUES.getOrDefault(meter, Map.of());
	}

	/**
	 * How many meters there are of this name for one upstream.
	 */
	static int combinations(TidepoolMeter meter) {
		return of(meter).values().stream().mapToInt(List::size).reduce(1, (a, b) -> a * b);
	}

}
