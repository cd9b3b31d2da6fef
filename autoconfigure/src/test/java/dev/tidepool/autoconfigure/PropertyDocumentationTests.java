package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.autoconfigure.TidepoolProperties.UpstreamProperties;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The property reference is what an IDE is told. To write it anew:
 * {@code mvn -pl autoconfigure test -Dtest=PropertyDocumentationTests -Dtidepool.docs.write=true}
 */
class PropertyDocumentationTests {

	private static final Path DOCUMENT = Path.of("..", "docs", "properties.md");

	private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");

	private static final Pattern DASHED = Pattern.compile("-([a-z])");

	/**
	 * The groups, by what their names begin with, in the order of the page.
	 */
	private static final Map<String, String> GROUPS = groups();

	private static final Map<String, String> TYPES = Map.of("java.lang.Boolean", "`true` or `false`",
			"java.lang.Integer", "integer", "java.lang.Double", "number", "java.lang.String", "text",
			"java.time.Duration", "duration", "org.springframework.util.unit.DataSize", "size",
			"java.util.List<java.lang.String>", "list", "java.util.Set<java.lang.Integer>", "list of integers");

	private final JsonNode metadata = read();

	private static Map<String, String> groups() {
		Map<String, String> groups = new LinkedHashMap<>();
		groups.put("tidepool.enabled", "General");
		groups.put("tidepool.pool.", "Pool");
		groups.put("tidepool.keep-alive.", "Keep-alive");
		groups.put("tidepool.timeout.", "Time-outs");
		groups.put("tidepool.retry.", "Retry");
		groups.put("tidepool.response.", "Response");
		groups.put("tidepool.redirect.", "Redirect");
		groups.put("tidepool.proxy.", "Proxy");
		groups.put("tidepool.ssl.", "TLS");
		groups.put("tidepool.health.", "Health");
		groups.put("management.", "Actuator");
		return groups;
	}

	@Test
	void documentIsThatOfTheMetadata() throws IOException {
		if (Boolean.getBoolean("tidepool.docs.write")) {
			Files.writeString(DOCUMENT, document());
		}
		assertThat(Files.readString(DOCUMENT)).as("stale; write it anew with -Dtidepool.docs.write=true")
			.isEqualTo(document());
	}

	@Test
	void everyPropertyIsInAGroup() {
		assertThat(properties().map(PropertyDocumentationTests::name))
			.filteredOn((name) -> GROUPS.keySet().stream().noneMatch(name::startsWith))
			.containsExactly("tidepool.upstreams");
		assertThat(new BeanWrapperImpl(new UpstreamProperties()).getPropertyDescriptors()).extracting("name")
			.contains("hosts", "baseUrl");
	}

	private String document() {
		return """
				# Properties

				Every property of Tidepool, as an IDE shows it. Written by `PropertyDocumentationTests` from the configuration
				metadata, which is made of the code.

				A duration is written as in `300ms`, `2s`, `10m`; without a unit it is in milliseconds. A size is written as in
				`256KB` or `1MB`; without a unit it is in bytes. A value that a property may not have, and a property under
				`tidepool` that does not exist, stop the start with a message that names the property, the value and what to do.
				The endpoint [`tidepool`](endpoint.md) shows what is in force and where it was set. Which values to choose is in
				[Tuning](tuning.md).

				## Upstreams

				What is set under `tidepool.upstreams.<name>` holds for the hosts of this upstream alone. What is not set there is
				as in the general group, and what is not set there either has the default. The name is yours; it is the value of
				the tag `upstream` of all meters.

				| Property | Type | Meaning |
				|---|---|---|
				| `tidepool.upstreams.<name>.base-url` | text | Base URL of the upstream; its host and port are those that the settings are for. |
				| `tidepool.upstreams.<name>.hosts` | list | Hosts that the settings are for: `host`, `host:port` or `*.domain`. |
				| `tidepool.upstreams.<name>.<group>.<property>` | | Any property below with *yes* under *Per upstream*. |

				An upstream has a `base-url`, `hosts` or both, and no host belongs to two. Of several patterns that match, a host goes
				before a wildcard, one with a port before one without, a longer domain before a shorter one. The proxy of an
				upstream is one unit: with any of its properties set, none is taken from the general group.
				%s"""
			.formatted(GROUPS.entrySet().stream().map(this::section).collect(Collectors.joining()));
	}

	private String section(Map.Entry<String, String> group) {
		String rows = properties().filter((property) -> name(property).startsWith(group.getKey()))
			.map(this::row)
			.collect(Collectors.joining("\n"));
		return "\n## %s\n\n| Property | Type | Default | Per upstream | Meaning | Such as |\n|---|---|---|---|---|---|\n%s\n"
			.formatted(group.getValue(), rows);
	}

	private String row(JsonNode property) {
		List<String> cells = List.of("`" + name(property) + "`", type(property), defaultValue(property),
				isPerUpstream(name(property)) ? "yes" : "", property.path("description").asString(), values(property));
		return "| " + String.join(" | ", cells) + " |";
	}

	private static String type(JsonNode property) {
		String type = property.path("type").asString();
		return TYPES.containsKey(type) ? TYPES.get(type)
				: Arrays.stream(ClassUtils.resolveClassName(type, null).getEnumConstants())
					.map((constant) -> "`" + dashed(constant.toString()) + "`")
					.collect(Collectors.joining(", "));
	}

	private static String defaultValue(JsonNode property) {
		JsonNode value = property.path("defaultValue");
		if (value.isMissingNode()) {
			return "unset";
		}
		Stream<JsonNode> values = value.isArray() ? value.valueStream() : Stream.of(value);
		boolean constant = !TYPES.containsKey(property.path("type").asString());
		return values.map(JsonNode::asString)
			.map((each) -> "`" + (constant ? dashed(each) : each) + "`")
			.collect(Collectors.joining(", "));
	}

	private static String dashed(String constant) {
		return constant.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static boolean isPerUpstream(String name) {
		String path = DASHED.matcher(name.substring(name.indexOf('.') + 1))
			.replaceAll((dashed) -> dashed.group(1).toUpperCase(Locale.ROOT));
		return new BeanWrapperImpl(new UpstreamProperties()).isReadableProperty(path);
	}

	private String values(JsonNode property) {
		return this.metadata.path("hints")
			.valueStream()
			.filter((hint) -> name(hint).equals(name(property)))
			.flatMap((hint) -> hint.path("values").valueStream())
			.map((value) -> "`%s`: %s".formatted(value.path("value").asString(), value.path("description").asString()))
			.collect(Collectors.joining("<br>"));
	}

	private Stream<JsonNode> properties() {
		return this.metadata.path("properties").valueStream();
	}

	private static String name(JsonNode item) {
		return item.path("name").asString();
	}

	private static JsonNode read() {
		return JsonMapper.shared().readTree(METADATA.toFile());
	}

}
