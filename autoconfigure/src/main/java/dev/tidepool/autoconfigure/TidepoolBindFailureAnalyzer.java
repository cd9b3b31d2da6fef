package dev.tidepool.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Boot's analysis of a value of the wrong type, with the fix beside it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TidepoolBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(TidepoolProperties.PREFIX);

	private final PropertyOrigins origins;

	TidepoolBindFailureAnalyzer(Environment environment) {
		this.origins = new PropertyOrigins(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		ConfigurationProperty property = cause.getProperty();
		if (property == null || !PREFIX.isAncestorOf(property.getName())
				|| cause.getCause() instanceof UnboundConfigurationPropertiesException) {
			return null;
		}
		Class<?> type = cause.getTarget().getType().resolve(Object.class);
		String name = property.getName().toString();
		return new FailureAnalysis("The property '%s' with value '%s'%s is not %s.".formatted(name, property.getValue(),
				this.origins.describe(name), describe(type)), fix(type), cause);
	}

	private static String describe(Class<?> type) {
		if (type == Duration.class) {
			return "a duration";
		}
		if (type == Boolean.class || type == boolean.class) {
			return "true or false";
		}
		if (type == Integer.class) {
			return "a whole number";
		}
		return type.isEnum() ? "one of the values that are known"
				: (type == Double.class) ? "a number" : "of the right kind";
	}

	private static String fix(Class<?> type) {
		if (type == Duration.class) {
			return "Set a duration such as 500ms, 2s or 1m.";
		}
		if (type.isEnum()) {
			StringBuilder values = new StringBuilder("Set one of:");
			for (Object value : type.getEnumConstants()) {
				values.append(' ').append(value.toString().toLowerCase(java.util.Locale.ROOT));
			}
			return values.append('.').toString();
		}
		return "Set " + describe(type) + ".";
	}

}
