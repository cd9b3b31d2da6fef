package dev.tidepool.bounds;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A million calls, by hand: {@code mvn -Psoak -pl autoconfigure verify}.
 */
class SoakLong {

	private static final int CALLS = 1_000_000;

	private static final long HEAP_SLACK = 4 * 1024 * 1024;

	@Test
	void nothingIsLeftOfAMillionCallsThatEndedInAllWays() throws Exception {
		Soak.Result result = new Soak(Soak.seedFromProperty(), Integer.getInteger("tidepool.soak.calls", CALLS)).run();
		System.out.println(result);
		result.assertAllIsWell();
		assertThat(result.late().heap()).isLessThan(result.early().heap() + HEAP_SLACK);
	}

}
