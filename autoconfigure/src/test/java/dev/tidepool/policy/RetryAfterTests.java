package dev.tidepool.policy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The {@code Retry-After} header: seconds, and the date forms of RFC 9110, 5.6.7.
 */
class RetryAfterTests {

	private static final Instant NOW = Instant.parse("2026-11-05T08:49:07Z");

	@ParameterizedTest(name = "[{0}] -> {1} s")
	@CsvSource(quoteCharacter = '\'', value = { "0, 0", "1, 1", "120, 120", "' 5 ', 5", "007, 7",
			"00000000000000000000, 0", "000000000000000000005, 5", "86400, 86400" })
	void secondsAreRead(String value, long seconds) {
		assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "9999999999", "99999999999", "2147483648", "9223372036854775807", "9223372036854775808",
			"99999999999999999999999999999999999999999999" })
	void absurdlyManySecondsAreALongWait(String value) {
		assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(TimeUnit.DAYS.toNanos(10_000));
	}

	@Test
	void aHeaderFullOfDigitsIsALongWait() {
		assertThat(RetryAfter.nanos("9".repeat(100_000), NOW)).isEqualTo(TimeUnit.DAYS.toNanos(10_000));
	}

	@ParameterizedTest(name = "[{0}] -> {1} s")
	@CsvSource(delimiter = '|', textBlock = """
			# IMF-fixdate
			Thu, 05 Nov 2026 08:49:37 GMT       | 30
			Thu, 05 Nov 2026 08:50:07 GMT       | 60
			Fri, 06 Nov 2026 08:49:07 GMT       | 86400
			# RFC 850
			Thursday, 05-Nov-26 08:49:37 GMT    | 30
			Friday, 06-Nov-26 08:49:07 GMT      | 86400
			# asctime, day padded with a space or of two digits
			Thu Nov  5 08:49:37 2026            | 30
			Tue Nov 10 08:49:07 2026            | 432000
			""")
	void dateInAnyFormIsRead(String value, long seconds) {
		assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Thu, 05 Nov 2026 08:49:07 GMT", "Thu, 05 Nov 2026 08:49:06 GMT",
			"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
			"Wed Nov 16 08:49:37 1994", "Thu, 01 Jan 1970 00:00:00 GMT" })
	void dateThatHasPassedIsNoWait(String value) {
		assertThat(RetryAfter.nanos(value, NOW)).isZero();
	}

	@Test
	void twoDigitYearIsAtMostFiftyYearsAhead() {
		assertThat(RetryAfter.nanos("Monday, 05-Nov-74 08:49:07 GMT", NOW)).as("2074")
			.isEqualTo(TimeUnit.DAYS.toNanos(10_000));
		assertThat(RetryAfter.nanos("Saturday, 05-Nov-77 08:49:07 GMT", NOW)).as("1977").isZero();
		assertThat(RetryAfter.nanos("Friday, 05-Nov-99 08:49:07 GMT", NOW)).as("1999").isZero();
		assertThat(RetryAfter.nanos("Tuesday, 01-Jan-19 00:00:00 GMT", Instant.parse("2018-12-31T23:59:50Z")))
			.isEqualTo(TimeUnit.SECONDS.toNanos(10));
		assertThat(RetryAfter.nanos("Friday, 01-Jan-00 00:00:00 GMT", Instant.parse("2099-12-31T23:59:50Z"))).as("2100")
			.isEqualTo(TimeUnit.SECONDS.toNanos(10));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
	void everyMonthIsRead(int month) {
		Instant date = NOW.atZone(ZoneOffset.UTC).withYear(2027).withMonth(month).toInstant();
		Instant now = date.minusSeconds(7);
		for (String pattern : new String[] { "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'",
				"EEE MMM ppd HH:mm:ss yyyy" }) {
			String value = DateTimeFormatter.ofPattern(pattern, Locale.US).withZone(ZoneOffset.UTC).format(date);
			assertThat(RetryAfter.nanos(value, now)).as(value).isEqualTo(TimeUnit.SECONDS.toNanos(7));
		}
	}

	@Test
	void dateFarAheadIsALongWait() {
		assertThat(RetryAfter.nanos("Fri, 31 Dec 9999 23:59:59 GMT", NOW)).isEqualTo(TimeUnit.DAYS.toNanos(10_000));
	}

	@Test
	void defaultLocaleOfTheJvmDoesNotMatter() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
		try {
			assertThat(RetryAfter.nanos("Thu, 05 Nov 2026 08:49:37 GMT", NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
			assertThat(RetryAfter.nanos("Thu Nov  5 08:49:37 2026", NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(30));
		}
		finally {
			Locale.setDefault(before);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "soon", "-1", "+1", "1.5", "1s", "1 2", "0x10", "1,2", "\u0665",
			"Thu, 05 Nov 2026 08:49:37", "Thu, 05 Nov 2026 08:49:37 CET", "Thu, 05 Nov 2026 08:49:37 +0000",
			"Thu, 5 Nov 2026 08:49:37 GMT", "Fri, 05 Nov 2026 08:49:37 GMT", "Thu, 32 Nov 2026 08:49:37 GMT",
			"Thu, 05 Nov 2026 25:49:37 GMT", "2026-11-05T08:49:37Z", "Thu Nov 5 08:49:37 2026",
			"Thu, 05-Nov-26 08:49:37 GMT", "Thursday, 05-Nov-2026 08:49:37 GMT" })
	void whatCannotBeReadSaysNothing(String value) {
		assertThat(RetryAfter.nanos(value, NOW)).isEqualTo(RetryAfter.NONE);
	}

}
