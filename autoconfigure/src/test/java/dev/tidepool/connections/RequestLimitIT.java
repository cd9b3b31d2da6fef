package dev.tidepool.connections;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An upstream closes connections after 50 requests without notice: this is learned, and
 * connections retire before.
 */
class RequestLimitIT {

	private static final int CALLS = 20_000;

	@Test
	void noGetFails() throws Exception {
		RequestLimitScenario.Result result = new RequestLimitScenario(Side.TIDEPOOL, HttpMethod.GET, CALLS).run();
		assertThat(result.failed()).as("%s", result.failure()).isZero();
		assertThat(result.learnedAt()).isNotNegative();
		assertThat(result.requestsOfOne()).isBetween(45.0, (double) RequestLimitScenario.LIMIT);
	}

	@Test
	void postsFailAtMostUntilTheLimitIsLearned() throws Exception {
		RequestLimitScenario.Result result = new RequestLimitScenario(Side.TIDEPOOL, HttpMethod.POST, CALLS).run();
		assertThat(result.failed()).as("%s", result.failure()).isLessThanOrEqualTo(20);
		assertThat(result.failedAfterLearning()).isZero();
		assertThat(result.learnedAt()).isNotNegative();
		assertThat(result.requestsOfOne()).isBetween(45.0, (double) RequestLimitScenario.LIMIT);
	}

}
