package dev.tidepool.policy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;

/**
 * The {@code Retry-After} header (RFC 9110, 10.2.3): seconds, or a date in any of the
 * three forms that a recipient has to accept (5.6.7).
 */
public final class RetryAfter {

	/**
	 * The answer for a value that is absent or says nothing.
	 */
	public static final long NONE = -1;

	private final List<DateTimeFormatter> formats;

	/**
	 * Create a reader of header values.
	 * @param now the present, which decides the century of two-digit years
	 */
	private RetryAfter(Instant now) {
		this.formats = List.of(DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH),
				new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
					.appendValueReduced(ChronoField.YEAR, 2, 2, now.atZone(ZoneOffset.UTC).getYear() - 49)
					.appendPattern(" HH:mm:ss 'GMT'")
					.toFormatter(Locale.ENGLISH),
				DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH));
	}

	/**
	 * How long the upstream asks us to wait.
	 * @param headerValue the field value
	 * @param now the present, by the wall clock that dates are measured against
	 * @return nanoseconds, 0 for a date that has passed, or {@link #NONE} for a value
	 * that cannot be read
	 */
	public static long nanos(String headerValue, Instant now) {
		String value = headerValue.strip();
		if (Durations.isSeconds(value)) {
			return Durations.secondsToNanos(value);
		}
		return new RetryAfter(now).date(value, now);
	}

	private long date(String value, Instant now) {
		for (DateTimeFormatter format : this.formats) {
			try {
				Instant date = ZonedDateTime.parse(value, format.withZone(ZoneOffset.UTC)).toInstant();
				return date.isAfter(now) ? Durations.toNanos(Duration.between(now, date)) : 0;
			}
			catch (DateTimeException ex) {
				// Not this form
			}
		}
		return NONE;
	}

}
