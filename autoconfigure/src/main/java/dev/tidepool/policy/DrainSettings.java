package dev.tidepool.policy;

import java.time.Duration;

/**
 * How much of a body that nobody wants is read, to keep its connection.
 *
 * @param maxSize bytes
 * @param maxTime time
 */
public record DrainSettings(long maxSize, Duration maxTime) {

	public static final DrainSettings DEFAULTS = new DrainSettings(256 * 1024, Duration.ofMillis(50));

	public DrainSettings {
		InvalidSettingException.require("drain-max-size", maxSize, (size) -> size >= 0, "must not be negative",
				"Set a size such as 256KB, or 0 to give up every connection with an unread body.");
		Durations.requireNotNegative("drain-max-time", maxTime);
	}

	/**
	 * Whether it is worth starting to read.
	 * @param contentLength the length of the body, negative if not known
	 * @param read what was read of it
	 * @return whether the rest may be within the limit
	 */
	public boolean isWorthStarting(long contentLength, long read) {
		return this.maxSize > 0 && !this.maxTime.isZero() && contentLength - read <= this.maxSize;
	}

}
