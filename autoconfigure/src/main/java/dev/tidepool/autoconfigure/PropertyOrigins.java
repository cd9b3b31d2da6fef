package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Where properties were set: file and line, system property, environment variable.
 */
final class PropertyOrigins {

	private static final ConfigurationPropertyName UPSTREAMS = ConfigurationPropertyName
		.of(TidepoolProperties.PREFIX + ".upstreams");

	private final List<ConfigurationPropertySource> sources = new ArrayList<>();

	PropertyOrigins(Environment environment) {
		if (environment instanceof ConfigurableEnvironment) {
			ConfigurationPropertySources.get(environment).forEach(this.sources::add);
		}
	}

	/**
	 * Text to follow a property's name in a message.
	 * @param name the property
	 * @param value its value, to find it in a list
	 * @return where it was set, in brackets, or nothing if that is not known
	 */
	String describe(String name, @Nullable String value) {
		ConfigurationPropertyName property = ConfigurationPropertyName.adapt(name, '.');
		ConfigurationProperty set = findWithList(property, value);
		if (set != null) {
			return describe(set, "");
		}
		ConfigurationPropertyName general = general(property);
		ConfigurationProperty inherited = (general != null) ? findWithList(general, value) : null;
		if (inherited != null) {
			return describe(inherited, " as '" + general + "'");
		}
		return describeOthers(name).isEmpty() ? "" : " (the default)";
	}

	/**
	 * The property as it was set, or the first element of the list that it is.
	 * @param name the property
	 * @return what was set, or {@code null} if nothing was
	 */
	@Nullable ConfigurationProperty find(String name) {
		return findWithList(ConfigurationPropertyName.adapt(name, '.'), null);
	}

	/**
	 * What was set in the group of a property that was not set itself: one of these is in
	 * its way.
	 * @param name the property
	 * @return a sentence with a space in front, or nothing
	 */
	String describeOthers(String name) {
		ConfigurationPropertyName property = ConfigurationPropertyName.adapt(name, '.');
		String others = (findWithList(property, null) != null) ? ""
				: below(property.getParent()).map((other) -> "'" + other.getName() + "'" + describe(other, ""))
					.collect(Collectors.joining(", "));
		return others.isEmpty() ? "" : " Its group has " + others + ".";
	}

	private static String describe(ConfigurationProperty property, String name) {
		Origin origin = property.getOrigin();
		return (origin != null) ? " (set by %s%s)".formatted(origin, name) : "";
	}

	/**
	 * A property itself, or the list that it is an element of, or an element of the list
	 * that it is.
	 */
	private @Nullable ConfigurationProperty findWithList(ConfigurationPropertyName name, @Nullable String value) {
		ConfigurationProperty found = find(name);
		if (found == null && name.isLastElementIndexed()) {
			found = find(name.getParent());
		}
		if (found == null) {
			List<ConfigurationProperty> elements = below(name).toList();
			found = elements.stream()
				.filter((element) -> element.getValue().toString().equals(value))
				.findFirst()
				.orElse(elements.isEmpty() ? null : elements.get(0));
		}
		return found;
	}

	@Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : this.sources) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return property;
			}
		}
		return null;
	}

	private Stream<ConfigurationProperty> below(ConfigurationPropertyName group) {
		return this.sources.stream()
			.filter(IterableConfigurationPropertySource.class::isInstance)
			.flatMap((source) -> ((IterableConfigurationPropertySource) source).stream())
			.filter(group::isAncestorOf)
			.distinct()
			.map(this::find)
			.flatMap(Stream::ofNullable);
	}

	private static @Nullable ConfigurationPropertyName general(ConfigurationPropertyName name) {
		int inUpstream = UPSTREAMS.getNumberOfElements() + 1;
		return (UPSTREAMS.isAncestorOf(name) && name.getNumberOfElements() > inUpstream)
				? ConfigurationPropertyName.of(TidepoolProperties.PREFIX).append(name.subName(inUpstream)) : null;
	}

}
