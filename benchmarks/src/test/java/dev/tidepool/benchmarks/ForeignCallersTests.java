package dev.tidepool.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Each program here is a line of shell that speaks as Go's does.
 */
class ForeignCallersTests {

	/**
	 * For the n-th question n, 1000 n and 10 n, and ten times that at the end.
	 */
	private static final String COUNTS = """
			n=0; while read line; do n=$((n + 1)); echo $n $((n * 1000)) $((n * 10)); done; \
			echo $((n * 10)) $((n * 10000)) $((n * 100))""";

	@Test
	void totalsAreWhatTheProgramSaysAtThatTime() throws Exception {
		Traffic traffic = program(COUNTS);
		assertThat(traffic.calls()).isZero();
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		traffic.start(failures::add);
		assertThat(traffic.calls()).isEqualTo(1);
		assertThat(traffic.cpuNanos()).isEqualTo(2000);
		assertThat(traffic.allocatedBytes()).isEqualTo(30);
		traffic.stop();
		assertThat(traffic.calls()).as("with the calls that were in flight").isEqualTo(30);
		assertThat(traffic.cpuNanos()).isEqualTo(30_000);
		assertThat(traffic.allocatedBytes()).isEqualTo(300);
		assertThat(failures).isEmpty();
	}

	@Test
	void measurementIsWhatWasUsedBetweenTwoQuestions() throws Exception {
		Measurement measurement = new Load(program(COUNTS), List.of()).run(Duration.ZERO, Duration.ZERO);
		assertThat(measurement.callers()).isEqualTo(1);
		assertThat(measurement.calls()).isEqualTo(3);
		assertThat(measurement.cpuNanos()).isEqualTo(3000);
		assertThat(measurement.allocatedBytes()).isEqualTo(30);
	}

	@Test
	void programThatEndsBeforeItsTimeEndsTheRun() {
		Load load = new Load(program("read line; echo 1 1000 10; exit 3"), List.of());
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> load.run(Duration.ofMinutes(1), Duration.ofMinutes(1)))
			.withMessageContaining("sh ended with 3");
	}

	@Test
	void programThatFailsAtTheEndFailsTheRun() {
		Load load = new Load(program(COUNTS + "; exit 4"), List.of());
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> load.run(Duration.ZERO, Duration.ZERO))
			.withMessageContaining("sh ended with 4");
	}

	private static Traffic program(String script) {
		return new ForeignCallers(List.of("sh", "-c", script), 1);
	}

}
