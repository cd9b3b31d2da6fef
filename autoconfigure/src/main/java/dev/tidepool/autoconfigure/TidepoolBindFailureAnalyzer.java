package dev.tidepool.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import dev.tidepool.policy.ProxySettings;

/**
 * Boot's analysis of a value of the wrong type, with the fix beside it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class TidepoolBindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(TidepoolProperties.PREFIX);

	private final PropertyOrigins origins;

	TidepoolBindFailureAnalyzer(Environment environment) {
		this.origins = new PropertyOrigins(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
		// None in the exception if it is a group that was given a value
		ConfigurationProperty property = (cause.getProperty() != null) ? cause.getProperty()
				: this.origins.find(cause.getName());
		if (property == null || !PREFIX.isAncestorOf(property.getName())
				|| cause.getCause() instanceof UnboundConfigurationPropertiesException) {
			return null;
		}
		ResolvableType target = cause.getTarget().getType();
		boolean list = Collection.class.isAssignableFrom(target.toClass());
		Class<?> type = list ? target.asCollection().getGeneric(0).toClass() : target.toClass();
		String name = property.getName().toString();
		String value = ProxySettings.hideUserInfo(property.getValue().toString());
		String fix = (type.getEnclosingClass() == TidepoolProperties.class)
				? "Set properties below it: " + String.join(", ", KnownProperties.near(property.getName())) + "."
				: fix(type, list);
		return new FailureAnalysis("The property '%s' with value '%s'%s is not %s.".formatted(name, value,
				this.origins.describe(name, value),
				list ? "a list whose values are each " + describe(type) : describe(type)), fix, cause);
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
		if (type == Double.class) {
			return "a number";
		}
		return type.isEnum() ? "one of the values that are known" : "a property but a group of them";
	}

	private static String fix(Class<?> type, boolean list) {
		if (type == Duration.class) {
			return "Set a duration such as 500ms, 2s or 1m.";
		}
		if (type.isEnum()) {
			return Stream.of(type.getEnumConstants())
				.map((value) -> value.toString().toLowerCase(Locale.ROOT))
				.collect(Collectors.joining(", ", "Set one of: ", "."));
		}
		return list ? "Set values separated by commas, each " + describe(type) + "." : "Set " + describe(type) + ".";
	}

}
