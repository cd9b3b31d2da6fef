package dev.tidepool.policy;

import java.io.Serial;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * A setting that breaks an invariant of its group. Names the key within the group, so
 * that whoever knows where the group was configured can name the whole property.
 */
public final class InvalidSettingException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String key;

	private final String value;

	private final String reason;

	private final String fix;

	public InvalidSettingException(String key, @Nullable Object value, String reason, String fix) {
		super("'%s' is '%s' but %s. %s".formatted(key, value, reason, fix));
		this.key = key;
		this.value = String.valueOf(value);
		this.reason = reason;
		this.fix = fix;
	}

	static <T> void require(String key, T value, Predicate<T> valid, String reason, String fix) {
		if (!valid.test(value)) {
			throw new InvalidSettingException(key, value, reason, fix);
		}
	}

	public String key() {
		return this.key;
	}

	public String value() {
		return this.value;
	}

	/**
	 * What is wrong, as the end of a sentence that begins with the property.
	 */
	public String reason() {
		return this.reason;
	}

	/**
	 * What to do about it, as a sentence.
	 */
	public String fix() {
		return this.fix;
	}

}
