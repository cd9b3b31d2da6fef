package dev.tidepool.actuate.findings;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;

import dev.tidepool.connection.UpstreamSnapshot;

/**
 * The upstream closes connections after a number of requests, without announcing it. It
 * was learned by losing some, which happens again after each start of this application.
 */
final class RequestLimitRule implements UpstreamRule {

	private static final String KEY = "keep-alive.max-requests";

	@Override
	public @Nullable Finding check(Evidence evidence) {
		int configured = evidence.settings().keepAlive().maxRequests();
		return evidence.members()
			.stream()
			.filter((member) -> member.learnedMaxRequests() > 0)
			.filter((member) -> configured == 0 || configured > member.learnedMaxRequests())
			.min(Comparator.comparing(UpstreamSnapshot::learnedMaxRequests))
			.map((member) -> finding(evidence, member))
			.orElse(null);
	}

	private static Finding finding(Evidence evidence, UpstreamSnapshot member) {
		// One earlier than the upstream, which may close as soon as it has answered
		int suggestion = Math.max(1, member.learnedMaxRequests() - 1);
		String property = evidence.property(KEY);
		return evidence.finding("closes-after-requests",
				"%s closes connections after %d requests, which has to be learned again after each start: set %s to %d"
					.formatted(evidence.name(member), member.learnedMaxRequests(), property, suggestion),
				property, suggestion);
	}

}
