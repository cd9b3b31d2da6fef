package dev.tidepool.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

import dev.tidepool.autoconfigure.TidepoolProperties.UpstreamProperties;

/**
 * The properties that there are, to name them where another one was set.
 */
final class KnownProperties {

	private static final String UPSTREAMS = "upstreams";

	private KnownProperties() {
	}

	/**
	 * The properties and groups in the last group on the way to a name that exists.
	 * @param name a name below {@code tidepool}
	 * @return their full names
	 */
	static List<String> near(ConfigurationPropertyName name) {
		Class<?> group = TidepoolProperties.class;
		int depth = 1;
		while (depth < name.getNumberOfElements()) {
			String element = name.getElement(depth, Form.UNIFORM);
			boolean upstream = group == TidepoolProperties.class && element.equals(UPSTREAMS);
			Class<?> nested = upstream ? UpstreamProperties.class : groupIn(group, element);
			int elements = upstream ? 2 : 1;
			if (nested == null || depth + elements > name.getNumberOfElements()) {
				break;
			}
			group = nested;
			depth += elements;
		}
		ConfigurationPropertyName prefix = name.chop(depth);
		return namesIn(group).map((each) -> prefix + "." + each).sorted().toList();
	}

	private static @Nullable Class<?> groupIn(Class<?> group, String element) {
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(group)) {
			Class<?> type = property.getPropertyType();
			if (property.getName().equalsIgnoreCase(element) && type.getEnclosingClass() == TidepoolProperties.class) {
				return type;
			}
		}
		return null;
	}

	private static Stream<String> namesIn(Class<?> group) {
		return Stream.of(BeanUtils.getPropertyDescriptors(group))
			.map((property) -> DataObjectPropertyName.toDashedForm(property.getName()))
			.filter((name) -> !name.equals("class"));
	}

}
