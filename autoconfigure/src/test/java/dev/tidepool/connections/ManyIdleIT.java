package dev.tidepool.connections;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sweeps of many connections. {@link ConnectionsMeasured} does the same with ten times as
 * many, and looks at times too.
 */
class ManyIdleIT {

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void manyIdleConnectionsStayUntilTheyMustLeaveAndThenLeaveAtOnce(boolean tls) throws Exception {
		ManyIdleScenario.Result result = new ManyIdleScenario(100, 10, tls, Duration.ofSeconds(2)).run();
		assertThat(result.opened()).isEqualTo(1000);
		assertThat(result.stayed()).isEqualTo(1000);
		assertThat(result.aged()).isPositive();
		assertThat(result.rotated()).isEqualTo(tls ? 1000 : 0);
		assertThat(result.closedByPeer()).isEqualTo(1000);
		assertThat(result.failed()).isZero();
		assertThat(result.metByCaller()).isZero();
		assertThat(result.phases()).allSatisfy((phase) -> assertThat(phase.leases().number()).isPositive());
	}

}
