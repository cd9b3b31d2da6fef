package dev.tidepool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Where properties were set: file and line, system property, environment variable.
 */
final class PropertyOrigins {

	private final Environment environment;

	PropertyOrigins(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Text to follow a property's name in a message.
	 * @param name the property
	 * @return where it was set, in brackets, or nothing if that is not known
	 */
	String describe(String name) {
		ConfigurationProperty property = find(ConfigurationPropertyName.adapt(name, '.'));
		Origin origin = (property != null) ? property.getOrigin() : null;
		return (origin != null) ? " (set by " + origin + ")" : "";
	}

	private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
		if (this.environment instanceof ConfigurableEnvironment) {
			for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
				ConfigurationProperty property = source.getConfigurationProperty(name);
				if (property != null) {
					return property;
				}
			}
		}
		return null;
	}

}
