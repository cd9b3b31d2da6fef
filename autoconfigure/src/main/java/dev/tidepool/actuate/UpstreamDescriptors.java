package dev.tidepool.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import dev.tidepool.actuate.UpstreamDescriptor.CallersDescriptor;
import dev.tidepool.actuate.UpstreamDescriptor.ConnectionDescriptor;
import dev.tidepool.actuate.UpstreamDescriptor.ConnectionsDescriptor;
import dev.tidepool.actuate.UpstreamDescriptor.KeepAliveDescriptor;
import dev.tidepool.actuate.UpstreamDescriptor.LeaksDescriptor;
import dev.tidepool.actuate.findings.Finding;
import dev.tidepool.connection.AdmissionGate.Admission;
import dev.tidepool.connection.CloseReason;
import dev.tidepool.connection.ConnectionSnapshot;
import dev.tidepool.connection.DrainOutcome;
import dev.tidepool.connection.PhaseDeadline.Phase;
import dev.tidepool.connection.RetryOutcome;
import dev.tidepool.connection.StatsSnapshot;

/**
 * Makes of what was measured what is shown.
 */
final class UpstreamDescriptors {

	/**
	 * The longest list of connections or of addresses: one name may stand for thousands.
	 */
	static final int MAX_LISTED = 50;

	private UpstreamDescriptors() {
	}

	static UpstreamDescriptor summary(StatsSnapshot stats, long max, List<Finding> findings) {
		return describe(stats, max, null, null, findings);
	}

	static UpstreamDescriptor detail(StatsSnapshot stats, long max, List<ConnectionSnapshot> oldest,
			List<SettingDescriptor> settings, List<Finding> findings) {
		return describe(stats, max, oldest.stream().map(ConnectionDescriptor::of).toList(), settings, findings);
	}

	private static UpstreamDescriptor describe(StatsSnapshot stats, long max, @Nullable List<ConnectionDescriptor> ages,
			@Nullable List<SettingDescriptor> settings, List<Finding> findings) {
		Map<String, Map<String, Long>> retries = new LinkedHashMap<>();
		stats.retries().forEach((cause, outcomes) -> {
			Map<String, Long> happened = happened(outcomes, RetryOutcome::tag);
			if (!happened.isEmpty()) {
				retries.put(cause.tag(), happened);
			}
		});
		Map<String, LatencyDescriptor> connect = new LinkedHashMap<>();
		stats.connect().forEach((phase, times) -> connect.put(phase.tag(), LatencyDescriptor.of(times)));
		return new UpstreamDescriptor(stats.name(),
				new ConnectionsDescriptor(stats.active(), stats.idle(), stats.canaries(), max, stats.opened(),
						happened(stats.closed(), CloseReason::tag), stats.oldest().toMillis(), ages),
				new CallersDescriptor(stats.pending(), LatencyDescriptor.of(stats.acquire()),
						LatencyDescriptor.of(stats.usage()), count(stats.refused(), Admission.REFUSED),
						count(stats.refused(), Admission.EXPIRED)),
				connect, requestsPerConnection(stats), reuseRatio(stats), retries, stats.budgetLeft(),
				happened(stats.expired(), Phase::tag), happened(stats.drains(), DrainOutcome::tag),
				new LeaksDescriptor(count(stats.closed(), CloseReason.LEAK), stats.suspectedLeaks(),
						stats.leakPlaces()),
				stats.members().stream().limit(MAX_LISTED).map(KeepAliveDescriptor::of).toList(), settings, findings);
	}

	private static @Nullable Double requestsPerConnection(StatsSnapshot stats) {
		long closed = stats.closed().values().stream().mapToLong(Long::longValue).sum();
		return (closed > 0) ? rounded((double) stats.requestsOfClosed() / closed) : null;
	}

	private static @Nullable Double reuseRatio(StatsSnapshot stats) {
		return Double.isNaN(stats.reuse()) ? null : rounded(stats.reuse());
	}

	private static double rounded(double value) {
		return Math.round(value * 1e3) / 1e3;
	}

	private static <K extends Enum<K>> long count(Map<K, Long> counts, K key) {
		return counts.getOrDefault(key, 0L);
	}

	private static <K extends Enum<K>> Map<String, Long> happened(Map<K, Long> counts, Function<K, String> tag) {
		Map<String, Long> happened = new LinkedHashMap<>();
		counts.forEach((key, count) -> {
			if (count > 0) {
				happened.put(tag.apply(key), count);
			}
		});
		return happened;
	}

}
