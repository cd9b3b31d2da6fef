package dev.tidepool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The values of settings against the metadata of the properties.
 */
class SettingValuesTests {

	/**
	 * Properties that are not of an upstream.
	 */
	private static final List<String> ELSEWHERE = List.of("tidepool.enabled", "tidepool.upstreams",
			"tidepool.pool.max-total", "tidepool.pool.reuse-order", "tidepool.health.down-when-saturated",
			"tidepool.health.down-when-unreachable");

	@Test
	void everyPropertyOfAnUpstreamHasItsValueHere() {
		List<String> expected = new ArrayList<>(
				MetadataTests.properties().map((property) -> property.path("name").asString()).toList());
		expected.removeAll(ELSEWHERE);
		assertThat(SettingValues.of(UpstreamSettings.DEFAULTS).keySet().stream().map((key) -> "tidepool." + key))
			.containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void defaultsReadAsTheMetadataWritesThem() {
		Map<String, String> expected = new TreeMap<>();
		MetadataTests.properties().forEach((property) -> {
			String name = property.path("name").asString();
			JsonNode value = property.path("defaultValue");
			if (!value.isMissingNode() && !ELSEWHERE.contains(name)) {
				expected.put(name.substring("tidepool.".length()), value.isArray()
						? String.join(",", value.valueStream().map(JsonNode::asString).toList()) : value.asString());
			}
		});
		Map<String, String> values = new TreeMap<>(SettingValues.of(UpstreamSettings.DEFAULTS));
		values.values().removeIf((value) -> value == null);
		assertThat(values).isEqualTo(expected);
	}

}
