package dev.tidepool.connections;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An idle connection costs little beyond HttpClient's own.
 */
class MemoryIT {

	@Test
	void connectionCostsAtMost600BytesMoreThanOneOfHttpClient() throws Exception {
		MemoryScenario.Result result = new MemoryScenario(2000).run();
		assertThat(result.beyond()).isLessThanOrEqualTo(600);
	}

}
