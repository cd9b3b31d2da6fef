package dev.tidepool.autoconfigure;

import java.io.Serial;

import org.jspecify.annotations.Nullable;

import dev.tidepool.policy.InvalidSettingException;

/**
 * A property whose value cannot be used.
 */
final class InvalidTidepoolPropertyException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String property;

	private final @Nullable String value;

	private final String reason;

	private final String fix;

	InvalidTidepoolPropertyException(String property, @Nullable String value, String reason, String fix) {
		super("Property '%s' %s. %s".formatted(property, reason, fix));
		this.property = property;
		this.value = value;
		this.reason = reason;
		this.fix = fix;
	}

	InvalidTidepoolPropertyException(String prefix, InvalidSettingException setting) {
		this(prefix + "." + setting.key(), setting.value(), setting.reason(), setting.fix());
	}

	String property() {
		return this.property;
	}

	@Nullable String value() {
		return this.value;
	}

	String reason() {
		return this.reason;
	}

	String fix() {
		return this.fix;
	}

}
