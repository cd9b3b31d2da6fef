package dev.tidepool.policy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The trusted age, by the formula of the design: limit minus margin.
 */
class KeepAlivePolicyTests {

	@ParameterizedTest(name = "upstream-timeout {0}, margin {1}, Keep-Alive [{2}] -> {3} ms")
	@CsvSource(delimiter = '|', textBlock = """
			# Nothing configured: 5 s until somebody says better
			       |      |                            | 4000
			       |      | timeout=5                  | 4000
			       |      | timeout=4                  | 3000
			       |      | timeout=3                  | 2250
			       |      | timeout=2                  | 1500
			       |      | timeout=1                  | 750
			       |      | timeout=60                 | 59000
			       |      | timeout=61                 | 59000
			       |      | timeout=3600               | 59000
			       |      | timeout=99999999999999999999 | 59000
			       |      | timeout=0                  | 0
			       |      | timeout=-1                 | 0
			       |      | timeout=soon               | 4000
			       |      | max=100                    | 4000
			# The upstream's time-out is configured: no cap but a smaller header
			PT2S   |      |                            | 1500
			PT4S   |      |                            | 3000
			PT4.4S |      |                            | 3400
			PT75S  |      |                            | 74000
			PT10M  |      |                            | 599000
			PT75S  |      | timeout=5                  | 4000
			PT75S  |      | timeout=2                  | 1500
			PT75S  |      | timeout=61                 | 60000
			PT75S  |      | timeout=75                 | 74000
			PT75S  |      | timeout=120                | 74000
			PT2S   |      | timeout=60                 | 1500
			PT2S   |      | timeout=99999999999999999999 | 1500
			PT75S  |      | timeout=0                  | 0
			PT75S  |      | timeout=-5                 | 0
			PT75S  |      | timeout=soon               | 74000
			# The margin is configured: as the user said
			PT5S   | PT0.2S |                          | 4800
			PT5S   | PT0.2S | timeout=3                | 2800
			PT5S   | PT0S   |                          | 5000
			PT75S  | PT10S  |                          | 65000
			PT75S  | PT10S  | timeout=60               | 50000
			PT75S  | PT10S  | timeout=11               | 1000
			PT75S  | PT10S  | timeout=10               | 0
			PT75S  | PT10S  | timeout=2                | 0
			       | PT0S   |                          | 5000
			       | PT3S   |                          | 2000
			       | PT5S   |                          | 0
			       | PT6S   |                          | 0
			       | PT6S   | timeout=30               | 24000
			""")
	void trustedAgeIsTheLimitLessTheMargin(@Nullable Duration upstreamTimeout, @Nullable Duration margin,
			@Nullable String header, long millis) {
		KeepAlivePolicy policy = new KeepAlivePolicy(new KeepAliveSettings(upstreamTimeout, margin, true, true, 0));
		assertThat(policy.honorsHeader()).isTrue();
		assertThat(policy.trustedNanos(nanosOf(header), KeepAliveEstimate.UNKNOWN))
			.isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	@ParameterizedTest(name = "upstream-timeout {0}, margin {1}, Keep-Alive [{2}] -> {3} ms")
	@CsvSource(delimiter = '|', textBlock = """
			     |        |             | 4000
			     |        | timeout=2   | 4000
			     |        | timeout=60  | 4000
			     |        | timeout=0   | 4000
			PT2S |        | timeout=1   | 1500
			PT2S |        | timeout=60  | 1500
			PT2S | PT0.1S | timeout=1   | 1900
			""")
	void headerChangesNothingWhereItIsNotHonored(@Nullable Duration upstreamTimeout, @Nullable Duration margin,
			@Nullable String header, long millis) {
		KeepAlivePolicy policy = new KeepAlivePolicy(new KeepAliveSettings(upstreamTimeout, margin, false, true, 0));
		assertThat(policy.honorsHeader()).isFalse();
		assertThat(policy.trustedNanos(nanosOf(header), KeepAliveEstimate.UNKNOWN))
			.isEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MIN_VALUE, -2, -1, 0, 1, 999_999_999, Long.MAX_VALUE })
	void noHeaderHoldsAConnectionForLongerThanConfigured(long headerNanos) {
		KeepAlivePolicy policy = new KeepAlivePolicy(new KeepAliveSettings(Duration.ofSeconds(2), null, true, true, 0));
		assertThat(policy.trustedNanos(headerNanos, KeepAliveEstimate.UNKNOWN)).isBetween(0L,
				TimeUnit.MILLISECONDS.toNanos(1500));
	}

	@Test
	void aVeryShortLimitLeavesThreeQuarters() {
		KeepAlivePolicy policy = new KeepAlivePolicy(new KeepAliveSettings(Duration.ofNanos(400), null, true, true, 0));
		assertThat(policy.trustedNanos(KeepAlivePolicy.NO_HEADER, KeepAliveEstimate.UNKNOWN)).isEqualTo(300);
	}

	@Test
	void aVeryLongLimitDoesNotOverflow() {
		KeepAliveSettings settings = new KeepAliveSettings(Duration.ofSeconds(Long.MAX_VALUE), null, true, true, 0);
		long trusted = new KeepAlivePolicy(settings).trustedNanos(KeepAlivePolicy.NO_HEADER, KeepAliveEstimate.UNKNOWN);
		assertThat(trusted).isBetween(TimeUnit.DAYS.toNanos(9_999), TimeUnit.DAYS.toNanos(10_000));
	}

	@ParameterizedTest(name = "[{0}] -> {1} s")
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			timeout=5                       | 5
			timeout=05                      | 5
			`  timeout=5  `                 | 5
			timeout = 5                     | 5
			Timeout=5                       | 5
			TIMEOUT=5                       | 5
			timeout="5"                     | 5
			timeout=" 5 "                   | 5
			timeout=5, max=100              | 5
			timeout=5,max=100               | 5
			max=100, timeout=5              | 5
			max=100,TimeOut=5               | 5
			timeout=5; max=100              | 5
			, ,timeout=5,                   | 5
			timeout=75                      | 75
			timeout=00000000000000000000005 | 5
			# zero or less: close
			timeout=0                       | 0
			timeout=000                     | 0
			timeout="0"                     | 0
			timeout=-0                      | 0
			timeout=-1                      | 0
			timeout="-5"                    | 0
			timeout=-99999999999999999999   | 0
			timeout=0000000000000000000     | 0
			max=0, timeout=0                | 0
			# said twice: the smaller, as of two header fields
			timeout=60, timeout=5           | 5
			timeout=5, timeout=60           | 5
			timeout=60, timeout=-1          | 0
			timeout=soon, timeout=5         | 5
			""")
	void timeoutOfTheHeaderIsRead(String header, long seconds) {
		assertThat(KeepAlivePolicy.headerNanos(header)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "timeout=999999999", "timeout=2147483648", "timeout=9223372036854775807",
			"timeout=9223372036854775808", "timeout=999999999999999999", "timeout=9999999999999999999999999999" })
	void aHugeTimeoutIsReadWithoutOverflow(String header) {
		assertThat(KeepAlivePolicy.headerNanos(header)).isGreaterThanOrEqualTo(TimeUnit.DAYS.toNanos(1));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ",", ";", "=", "=5", "5", "timeout", "timeout=", "timeout= ", "timeout=soon",
			"timeout=5s", "timeout=5.5", "timeout=+5", "timeout=--5", "timeout=-", "timeout=1e3", "timeout=0x10",
			"timeout=5 6", "timeout=\"", "timeout=\"\"", "timeout=\"5", "timeout=5\"", "timeout='5'", "timeout==5",
			"timeout:5", "x-timeout=5", "timeouts=5", "max=5", "timeout=\u0665", "timeout=\uff15" })
	void whatCannotBeReadSaysNothing(String header) {
		assertThat(KeepAlivePolicy.headerNanos(header)).isEqualTo(KeepAlivePolicy.NO_HEADER);
	}

	@Test
	void anEndlessHeaderIsReadInPart() {
		assertThat(KeepAlivePolicy.headerNanos("x=1,".repeat(100_000) + "timeout=5"))
			.isEqualTo(KeepAlivePolicy.NO_HEADER);
		assertThat(KeepAlivePolicy.headerNanos("timeout=5" + ",x=1".repeat(100_000)))
			.isEqualTo(TimeUnit.SECONDS.toNanos(5));
	}

	private static long nanosOf(@Nullable String header) {
		return (header != null) ? KeepAlivePolicy.headerNanos(header) : KeepAlivePolicy.NO_HEADER;
	}

	@ParameterizedTest(name = "upstream-timeout {0}, Keep-Alive [{1}], learned {2} -> {3} s, {4}")
	@CsvSource(delimiter = '|', textBlock = """
			       |              |    | 5  | DEFAULT
			PT75S  |              |    | 75 | CONFIGURED
			PT75S  | timeout=20   |    | 20 | HEADER
			PT75S  | timeout=120  |    | 75 | CONFIGURED
			PT75S  | timeout=75   | 75 | 75 | CONFIGURED
			PT75S  |              | 60 | 60 | LEARNED
			PT75S  | timeout=20   | 10 | 10 | LEARNED
			PT75S  | timeout=20   | 30 | 20 | HEADER
			       | timeout=20   |    | 20 | HEADER
			       | timeout=3600 |    | 60 | HEADER
			       |              | 30 | 30 | LEARNED
			       | timeout=20   | 20 | 20 | HEADER
			""")
	void limitSaysWhereItComesFrom(@Nullable Duration upstreamTimeout, @Nullable String header,
			@Nullable Integer learned, long limit, KeepAliveSource source) {
		KeepAlivePolicy policy = new KeepAlivePolicy(new KeepAliveSettings(upstreamTimeout, null, true, true, 0));
		long headerNanos = (header != null) ? KeepAlivePolicy.headerNanos(header) : KeepAlivePolicy.NO_HEADER;
		long learnedNanos = (learned != null) ? TimeUnit.SECONDS.toNanos(learned) : KeepAliveEstimate.UNKNOWN;
		assertThat(policy.limitNanos(headerNanos, learnedNanos)).isEqualTo(TimeUnit.SECONDS.toNanos(limit));
		assertThat(policy.source(headerNanos, learnedNanos)).isEqualTo(source);
		KeepAlivePolicy deaf = new KeepAlivePolicy(new KeepAliveSettings(upstreamTimeout, null, false, false, 0));
		assertThat(deaf.source(headerNanos, learnedNanos))
			.isEqualTo((upstreamTimeout != null) ? KeepAliveSource.CONFIGURED : KeepAliveSource.DEFAULT);
	}

}
