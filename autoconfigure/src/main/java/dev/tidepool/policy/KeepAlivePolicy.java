package dev.tidepool.policy;

import java.time.Duration;

/**
 * For how long a connection may stay idle before its upstream might close it. The race
 * that this avoids: the upstream closes an idle connection just as the next request is
 * written, so that the request is lost, and nobody can say whether it was processed (RFC
 * 9112, 9.3.1).
 */
public final class KeepAlivePolicy {

	/**
	 * The answer of {@link #headerNanos} for a response without a usable time-out.
	 */
	public static final long NO_HEADER = -1;

	private static final int MAX_PARAMETERS = 64;

	/**
	 * What is trusted of an upstream of which nothing is known: the idle time-out of
	 * Node.js, the shortest of the widely used servers.
	 */
	static final Duration UNKNOWN_LIMIT = Duration.ofSeconds(5);

	/**
	 * The longest that a header or a lesson alone can make us keep a connection: beyond,
	 * middleboxes drop idle connections in silence. A configured limit may be longer.
	 */
	static final Duration LONGEST_LIMIT = Duration.ofSeconds(60);

	private static final long UNKNOWN_LIMIT_NANOS = Durations.toNanos(UNKNOWN_LIMIT);

	private static final long LONGEST_LIMIT_NANOS = Durations.toNanos(LONGEST_LIMIT);

	private static final long MAX_DERIVED_MARGIN = Durations.toNanos(Duration.ofSeconds(1));

	private final boolean honorHeader;

	private final boolean learn;

	private final long configuredLimit;

	private final long margin;

	public KeepAlivePolicy(KeepAliveSettings settings) {
		this.honorHeader = settings.honorHeader();
		this.learn = settings.learn();
		this.configuredLimit = (settings.upstreamTimeout() != null) ? Durations.toNanos(settings.upstreamTimeout())
				: -1;
		this.margin = (settings.margin() != null) ? Durations.toNanos(settings.margin()) : -1;
	}

	/**
	 * Whether {@link #trustedNanos} looks at its argument at all, so that callers need
	 * not parse headers in vain.
	 * @return whether the header counts
	 */
	public boolean honorsHeader() {
		return this.honorHeader;
	}

	/**
	 * For how long a connection may be idle and still be handed to a caller.
	 * @param headerNanos the time-out that the upstream announced with its last response,
	 * in nanoseconds, 0 to close, or {@link #NO_HEADER}
	 * @param learnedNanos the time-out that was learned, or
	 * {@link KeepAliveEstimate#UNKNOWN}
	 * @return the trusted age in nanoseconds, 0 if the connection must not be kept
	 */
	public long trustedNanos(long headerNanos, long learnedNanos) {
		return lessMargin(limitNanos(headerNanos, learnedNanos));
	}

	/**
	 * The idle time-out of the upstream to reckon with: the trusted age and the margin.
	 * @param headerNanos the time-out that the upstream announced with its last response,
	 * in nanoseconds, 0 to close, or {@link #NO_HEADER}
	 * @param learnedNanos the time-out that was learned, or
	 * {@link KeepAliveEstimate#UNKNOWN}
	 * @return the time-out in nanoseconds
	 */
	public long limitNanos(long headerNanos, long learnedNanos) {
		boolean header = this.honorHeader && headerNanos >= 0;
		boolean learned = this.learn && learnedNanos >= 0;
		long limit = UNKNOWN_LIMIT_NANOS;
		if (this.configuredLimit >= 0) {
			limit = this.configuredLimit;
		}
		else if (header || learned) {
			limit = LONGEST_LIMIT_NANOS;
		}
		if (header) {
			limit = Math.min(limit, headerNanos);
		}
		if (learned) {
			limit = Math.min(limit, learnedNanos);
		}
		return limit;
	}

	/**
	 * What {@link #limitNanos} of the same arguments comes from.
	 * @param headerNanos the time-out that the upstream announced, or {@link #NO_HEADER}
	 * @param learnedNanos the time-out that was learned, or
	 * {@link KeepAliveEstimate#UNKNOWN}
	 * @return the source of the limit; of several that say the same the one that was set
	 * first, by us, by the upstream, by experience
	 */
	public KeepAliveSource source(long headerNanos, long learnedNanos) {
		boolean header = this.honorHeader && headerNanos >= 0;
		boolean learned = this.learn && learnedNanos >= 0;
		if (this.configuredLimit >= 0 && this.configuredLimit == limitNanos(headerNanos, learnedNanos)) {
			return KeepAliveSource.CONFIGURED;
		}
		if (header && (!learned || headerNanos <= learnedNanos)) {
			return KeepAliveSource.HEADER;
		}
		return learned ? KeepAliveSource.LEARNED : KeepAliveSource.DEFAULT;
	}

	/**
	 * For how long an idle connection stays trusted, whatever was believed when it became
	 * idle.
	 * @param learnedNanos the time-out that was learned since, or
	 * {@link KeepAliveEstimate#UNKNOWN}
	 * @return the trusted age in nanoseconds
	 */
	public long stillTrustedNanos(long learnedNanos) {
		return (this.learn && learnedNanos >= 0) ? lessMargin(learnedNanos) : Long.MAX_VALUE;
	}

	private long lessMargin(long limit) {
		long margin = (this.margin >= 0) ? this.margin : Math.min(MAX_DERIVED_MARGIN, limit / 4);
		return Math.max(0, limit - margin);
	}

	/**
	 * The {@code timeout} parameter of one {@code Keep-Alive} header value, as in
	 * {@code timeout=5, max=100}. Names in any case, values quoted or not, the smallest
	 * of several.
	 * @param headerValue the field value
	 * @return nanoseconds; 0 for a time-out of zero or less; {@link #NO_HEADER} if there
	 * is none that can be read, which says nothing and so changes nothing
	 */
	public static long headerNanos(String headerValue) {
		long smallest = NO_HEADER;
		int begin = 0;
		for (int i = 0; i < MAX_PARAMETERS && begin < headerValue.length(); i++) {
			int end = endOfParameter(headerValue, begin);
			long nanos = timeoutNanos(headerValue.substring(begin, end));
			if (nanos != NO_HEADER) {
				smallest = (smallest != NO_HEADER) ? Math.min(smallest, nanos) : nanos;
			}
			begin = end + 1;
		}
		return smallest;
	}

	private static int endOfParameter(String headerValue, int begin) {
		int end = begin;
		while (end < headerValue.length() && headerValue.charAt(end) != ',' && headerValue.charAt(end) != ';') {
			end++;
		}
		return end;
	}

	private static long timeoutNanos(String parameter) {
		int equals = parameter.indexOf('=');
		boolean named = equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("timeout");
		return named ? seconds(parameter.substring(equals + 1).strip()) : NO_HEADER;
	}

	private static long seconds(String text) {
		String number = (text.length() > 1 && text.startsWith("\"") && text.endsWith("\""))
				? text.substring(1, text.length() - 1).strip() : text;
		boolean negative = number.startsWith("-");
		String digits = negative ? number.substring(1) : number;
		if (!Durations.isSeconds(digits)) {
			return NO_HEADER;
		}
		return negative ? 0 : Durations.secondsToNanos(digits);
	}

}
