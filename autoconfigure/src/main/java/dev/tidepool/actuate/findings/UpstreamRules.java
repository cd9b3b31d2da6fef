package dev.tidepool.actuate.findings;

import java.util.List;
import java.util.stream.Stream;

/**
 * All that is looked for at an upstream.
 */
final class UpstreamRules {

	static final List<UpstreamRule> ALL = List.of(IdleTimeoutRules::earlier, IdleTimeoutRules::later,
			new RequestLimitRule(), new CallersWaitRule(), new PoolTooLargeRule(), new UnreadResponsesRule(),
			new ConnectionCloseRule(), new ChurnRule(), new LeakRule(), new RetryBudgetRule(),
			ExpiredRule.tlsHandshake(), ExpiredRule.request(), ExpiredRule.response(), ExpiredRule.read(),
			SlowConnectRule.dns(), SlowConnectRule.tls());

	private UpstreamRules() {
	}

	static List<Finding> check(Evidence evidence) {
		return ALL.stream().flatMap((rule) -> Stream.ofNullable(rule.check(evidence))).toList();
	}

}
