package dev.tidepool.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import dev.tidepool.policy.ProxySettings;

/**
 * Boot's analysis of a property that does not exist, with those beside it that do, and
 * without the value where that may be a secret under a misspelt name.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownTidepoolPropertyFailureAnalyzer
		extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	private static final List<String> MAY_BE_SECRET = List.of("proxy", "user", "pass", "secret", "key", "token");

	private final PropertyOrigins origins;

	UnknownTidepoolPropertyFailureAnalyzer(Environment environment) {
		this.origins = new PropertyOrigins(environment);
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unknown = cause.getUnboundProperties()
			.stream()
			.filter((property) -> TidepoolBindFailureAnalyzer.PREFIX.isAncestorOf(property.getName()))
			.toList();
		if (unknown.isEmpty()) {
			return null;
		}
		Stream<String> known = unknown.stream()
			.flatMap((property) -> KnownProperties.near(property.getName()).stream())
			.distinct();
		return new FailureAnalysis(unknown.stream().map(this::describe).collect(Collectors.joining("\n")),
				"Remove it, or use one of those that there are: " + known.collect(Collectors.joining(", ")) + ".",
				cause);
	}

	private String describe(ConfigurationProperty property) {
		String name = property.getName().toString();
		return "The property '%s' with value '%s'%s does not exist.".formatted(name,
				display(name, property.getValue().toString()), this.origins.describe(name, null));
	}

	private static String display(String name, String value) {
		String lowerCase = name.toLowerCase(Locale.ROOT);
		return MAY_BE_SECRET.stream().anyMatch(lowerCase::contains) ? "******" : ProxySettings.hideUserInfo(value);
	}

}
