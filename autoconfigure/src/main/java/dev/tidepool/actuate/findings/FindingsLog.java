package dev.tidepool.actuate.findings;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who look at no endpoint: one line when a finding comes, one when it has
 * gone, and nothing for a while of one that comes and goes. Only for the sweeper.
 */
final class FindingsLog {

	private static final Log logger = LogFactory.getLog(FindingsLog.class);

	/**
	 * Between two warnings of the same.
	 */
	static final long PAUSE = Duration.ofHours(1).toNanos();

	private final Map<Key, Long> warnedAt = new HashMap<>();

	private final Set<Key> open = new HashSet<>();

	void update(List<Finding> current, long now) {
		this.warnedAt.entrySet()
			.removeIf((entry) -> !this.open.contains(entry.getKey()) && now - entry.getValue() >= PAUSE);
		Set<Key> found = new HashSet<>();
		for (Finding finding : current) {
			Key key = new Key(finding.id(), finding.upstream());
			found.add(key);
			if (this.warnedAt.putIfAbsent(key, now) == null) {
				this.open.add(key);
				logger.warn("[%s] %s".formatted(finding.id(), finding.message()));
			}
		}
		this.open.removeIf((key) -> {
			boolean gone = !found.contains(key);
			if (gone) {
				logger.info("[%s]%s is no longer found".formatted(key.id(),
						(key.upstream() != null) ? " of " + key.upstream() : ""));
			}
			return gone;
		});
	}

	private record Key(String id, @Nullable String upstream) {

	}

}
