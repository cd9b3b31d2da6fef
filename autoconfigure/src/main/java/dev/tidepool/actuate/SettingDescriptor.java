package dev.tidepool.actuate;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A setting in force.
 *
 * @param property the property that set it, or that would
 * @param value the value in force as it would be written in a file, {@code null} for
 * none; of a credential only that there is one
 * @param source where the value comes from, the name of a {@link Source} in lower case
 * @param origin where the property was set, such as a file with line and column, or
 * {@code null} if it was not, or nobody knows
 */
public record SettingDescriptor(String property, @Nullable String value, String source, @Nullable String origin) {

	public SettingDescriptor(String property, @Nullable String value, Source source, @Nullable String origin) {
		this(property, value, source.name().toLowerCase(Locale.ROOT), origin);
	}

	/**
	 * Where a value comes from.
	 */
	public enum Source {

		/**
		 * Nobody said otherwise.
		 */
		DEFAULT,

		/**
		 * The property was set.
		 */
		PROPERTY,

		/**
		 * The upstream's {@code Keep-Alive} header.
		 */
		HEADER,

		/**
		 * The connections that the upstream closed.
		 */
		LEARNED,

		/**
		 * The endpoint, while the application is running.
		 */
		CHANGED

	}

}
