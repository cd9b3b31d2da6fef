package dev.tidepool.policy;

import java.time.Duration;

/**
 * Checks and conversions of durations at the edge: nanoseconds inside.
 */
public final class Durations {

	/**
	 * Longer than any process lives, and far from overflow when added to a clock reading.
	 */
	private static final Duration LONGEST = Duration.ofDays(10_000);

	private Durations() {
	}

	static void requirePositive(String key, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw new InvalidSettingException(key, display(value), "must be longer than zero",
					"Set a duration such as 500ms, 2s or 1m.");
		}
	}

	static void requireNotNegative(String key, Duration value) {
		if (value.isNegative()) {
			throw new InvalidSettingException(key, display(value), "must not be negative",
					"Set 0s or a duration such as 500ms, 2s or 1m.");
		}
	}

	public static long toNanos(Duration duration) {
		return ((duration.compareTo(LONGEST) < 0) ? duration : LONGEST).toNanos();
	}

	/**
	 * Whether the value of a header field counts seconds.
	 * @param value the value, without white space around it
	 * @return whether there is at least one digit, and nothing but {@code 0} to {@code 9}
	 */
	static boolean isSeconds(String value) {
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < '0' || value.charAt(i) > '9') {
				return false;
			}
		}
		return !value.isEmpty();
	}

	/**
	 * The value of a header field that counts seconds, of any length.
	 * @param digits as {@link #isSeconds(String)} wants them
	 * @return nanoseconds, of very long durations {@link #LONGEST}
	 */
	static long secondsToNanos(String digits) {
		long longest = LONGEST.toSeconds();
		long seconds = 0;
		for (int i = 0; i < digits.length() && seconds < longest; i++) {
			seconds = seconds * 10 + (digits.charAt(i) - '0');
		}
		return toNanos(Duration.ofSeconds(seconds));
	}

	/**
	 * The time-out that zero switches off.
	 * @param timeout zero for none
	 * @return nanoseconds, {@link Long#MAX_VALUE} for none
	 */
	public static long orForever(Duration timeout) {
		return timeout.isZero() ? Long.MAX_VALUE : toNanos(timeout);
	}

	/**
	 * A duration as a user would write it in a property: {@code 1500ms}, {@code 2s},
	 * {@code 10m}.
	 * @param duration the duration
	 * @return the text
	 */
	public static String display(Duration duration) {
		if (duration.compareTo(LONGEST) > 0 || duration.compareTo(LONGEST.negated()) < 0) {
			return duration.toSeconds() + "s";
		}
		if (duration.getNano() == 0) {
			long seconds = duration.toSeconds();
			return (seconds >= 120 && seconds % 60 == 0) ? duration.toMinutes() + "m" : seconds + "s";
		}
		return (duration.getNano() % 1_000_000 == 0) ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
	}

}
