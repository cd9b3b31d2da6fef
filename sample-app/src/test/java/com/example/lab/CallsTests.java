package com.example.lab;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted of calls.
 */
@Timeout(60)
class CallsTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			1,   slowest call,  1
			99,  slowest call,  99
			100, p99 of a call, 99
			200, p99 of a call, 198
			""")
	void slowestOfFewCallsIsNotCalledTheirP99(int count, String name, double millis) {
		AtomicLong nanos = new AtomicLong();
		Calls calls = new Calls(nanos::get);
		for (int i = 1; i <= count; i++) {
			long duration = i * 1_000_000L;
			calls.make(() -> nanos.addAndGet(duration));
		}
		assertThat(Calls.slow(count, "call")).isEqualTo(name);
		assertThat(calls.slowMillis()).isEqualTo(millis);
	}

	@Test
	void threadsAreCountedWhileTheyAreInCalls() throws Exception {
		Calls calls = new Calls();
		CyclicBarrier together = new CyclicBarrier(3);
		calls.make(3, 2, together::await);
		calls.make(() -> {
			assertThat(calls.underWay()).isOne();
			throw new IllegalStateException();
		});
		assertThat(calls.underWay()).isZero();
		assertThat(Outcome.of(calls).value("threads in calls at most")).isEqualTo(3);
		assertThat(calls.failures()).containsOnlyKeys("IllegalStateException");
	}

}
