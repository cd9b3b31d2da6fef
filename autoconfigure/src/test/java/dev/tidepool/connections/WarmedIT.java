package dev.tidepool.connections;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Session tickets prove nothing of an idle connection.
 */
class WarmedIT {

	@Test
	void unusedTlsConnectionSurvivesTenSweepsAndCarriesTheFirstRequest() throws Exception {
		assertThat(WarmedScenario.run()).isEqualTo(new WarmedScenario.Result(10, true, 1, 1));
	}

}
