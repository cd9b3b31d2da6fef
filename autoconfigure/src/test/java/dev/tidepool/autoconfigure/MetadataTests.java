package dev.tidepool.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.tidepool.autoconfigure.TidepoolProperties.UpstreamProperties;
import dev.tidepool.policy.BackoffSettings;
import dev.tidepool.policy.BudgetSettings;
import dev.tidepool.policy.DrainSettings;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.KeepAliveSettings;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.PoolSettings;
import dev.tidepool.policy.ProxySettings;
import dev.tidepool.policy.ResponseLimits;
import dev.tidepool.policy.RetrySettings;
import dev.tidepool.policy.TimeoutSettings;
import dev.tidepool.policy.UpstreamSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an IDE shows of the properties, as the annotation processor made it of the Javadoc
 * and of additional-spring-configuration-metadata.json.
 */
class MetadataTests {

	private static final JsonNode METADATA = read();

	/**
	 * The default of each property, {@code null} for those without.
	 */
	private static final Map<String, Object> DEFAULTS = defaults();

	private static Map<String, Object> defaults() {
		Map<String, Object> defaults = new LinkedHashMap<>();
		defaults.put("tidepool.enabled", new TidepoolProperties().isEnabled());
		defaults.put("tidepool.health.down-when-saturated", null);
		defaults.put("tidepool.health.down-when-unreachable", null);
		defaults.put("tidepool.keep-alive.honor-header", KeepAliveSettings.DEFAULTS.honorHeader());
		defaults.put("tidepool.keep-alive.learn", KeepAliveSettings.DEFAULTS.learn());
		defaults.put("tidepool.keep-alive.max-requests", null);
		defaults.put("tidepool.keep-alive.margin", KeepAliveSettings.DEFAULTS.margin());
		defaults.put("tidepool.keep-alive.upstream-timeout", KeepAliveSettings.DEFAULTS.upstreamTimeout());
		defaults.put("tidepool.pool.acquire-timeout", PoolSettings.DEFAULTS.acquireTimeout());
		defaults.put("tidepool.pool.leak-detection-threshold", PoolSettings.DEFAULTS.leakDetectionThreshold());
		defaults.put("tidepool.pool.max-lifetime", PoolSettings.DEFAULTS.maxLifetime());
		defaults.put("tidepool.pool.max-pending", PoolSettings.DEFAULTS.maxPending());
		defaults.put("tidepool.pool.max-per-upstream", PoolSettings.DEFAULTS.maxPerUpstream());
		defaults.put("tidepool.pool.max-total", PoolLimits.DEFAULTS.maxTotal());
		defaults.put("tidepool.pool.min-idle", PoolSettings.DEFAULTS.minIdle());
		defaults.put("tidepool.pool.reuse-order", PoolLimits.DEFAULTS.reuseOrder());
		defaults.put("tidepool.proxy.no-proxy", null);
		defaults.put("tidepool.proxy.password", ProxySettings.NONE.password());
		defaults.put("tidepool.proxy.url", ProxySettings.NONE.url());
		defaults.put("tidepool.proxy.use-system", ProxySettings.NONE.useSystem());
		defaults.put("tidepool.proxy.username", ProxySettings.NONE.username());
		defaults.put("tidepool.redirect.max", UpstreamSettings.DEFAULTS.maxRedirects());
		defaults.put("tidepool.response.drain-max-size",
				DataSize.ofBytes(DrainSettings.DEFAULTS.maxSize()).toKilobytes() + "KB");
		defaults.put("tidepool.response.drain-max-time", DrainSettings.DEFAULTS.maxTime());
		ResponseLimits limits = ResponseLimits.DEFAULTS;
		defaults.put("tidepool.response.max-decompressed-size",
				DataSize.ofBytes(limits.maxDecompressedSize()).toMegabytes() + "MB");
		defaults.put("tidepool.response.max-header-count", limits.maxHeaderCount());
		defaults.put("tidepool.response.max-interim-responses", limits.maxInterimResponses());
		defaults.put("tidepool.response.max-line-length",
				DataSize.ofBytes(limits.maxLineLength()).toKilobytes() + "KB");
		defaults.put("tidepool.timeout.call", TimeoutSettings.DEFAULTS.call());
		defaults.put("tidepool.retry.backoff.initial", BackoffSettings.DEFAULTS.initial());
		defaults.put("tidepool.retry.backoff.max", BackoffSettings.DEFAULTS.max());
		defaults.put("tidepool.retry.backoff.multiplier", BackoffSettings.DEFAULTS.multiplier());
		defaults.put("tidepool.retry.budget.min-per-second", BudgetSettings.DEFAULTS.minPerSecond());
		defaults.put("tidepool.retry.budget.ratio", BudgetSettings.DEFAULTS.ratio());
		defaults.put("tidepool.retry.enabled", RetrySettings.DEFAULTS.enabled());
		defaults.put("tidepool.retry.idempotency-key-headers", RetrySettings.DEFAULTS.idempotencyKeyHeaders());
		defaults.put("tidepool.retry.max-attempts", RetrySettings.DEFAULTS.maxAttempts());
		defaults.put("tidepool.retry.retry-after-max", RetrySettings.DEFAULTS.retryAfterMax());
		defaults.put("tidepool.retry.statuses", new TreeSet<>(RetrySettings.DEFAULTS.statuses()));
		defaults.put("tidepool.ssl.bundle", UpstreamSettings.DEFAULTS.sslBundle());
		defaults.put("tidepool.timeout.connect", TimeoutSettings.DEFAULTS.connect());
		defaults.put("tidepool.timeout.read", TimeoutSettings.DEFAULTS.read());
		defaults.put("tidepool.timeout.response", TimeoutSettings.DEFAULTS.response());
		defaults.put("tidepool.timeout.tls-handshake", TimeoutSettings.DEFAULTS.tlsHandshake());
		defaults.put("tidepool.upstreams", null);
		return defaults;
	}

	@Test
	void everyPropertyIsListedHere() {
		assertThat(properties().map(MetadataTests::name)).containsExactlyInAnyOrderElementsOf(DEFAULTS.keySet());
	}

	@ParameterizedTest
	@MethodSource("properties")
	void descriptionStartsWithTheThingItselfAndBooleansWithWhether(JsonNode property) {
		String description = property.path("description").asString("");
		assertThat(description).as(name(property)).isNotBlank().endsWith(".").doesNotMatch("(The|A|An) .*");
		assertThat(description.startsWith("Whether ")).as(name(property))
			.isEqualTo(property.path("type").asString().equals(Boolean.class.getName()));
	}

	@ParameterizedTest
	@MethodSource("properties")
	void defaultIsThatOfTheSettingsAndStandsInTheDescription(JsonNode property) {
		Object expected = DEFAULTS.get(name(property));
		String description = property.path("description").asString();
		if (expected == null) {
			assertThat(property.has("defaultValue")).as(name(property)).isFalse();
			assertThat(description).as(name(property)).contains("Unset by default");
		}
		else {
			assertThat(texts(property.path("defaultValue"))).as(name(property)).isEqualTo(texts(expected));
			assertThat(description.toLowerCase(Locale.ROOT)).as(name(property))
				.contains(texts(expected).stream().map((text) -> text.toLowerCase(Locale.ROOT)).toList());
		}
	}

	@Test
	void defaultsAsTheyAreWrittenMakeTheDefaultSettings() {
		Map<String, Object> source = new LinkedHashMap<>();
		properties().filter((property) -> property.has("defaultValue"))
			.forEach((property) -> source.put(name(property), String.join(",", texts(property.path("defaultValue")))));
		TidepoolProperties properties = new Binder(new MapConfigurationPropertySource(source))
			.bind(TidepoolProperties.PREFIX, Bindable.of(TidepoolProperties.class))
			.get();
		TidepoolPropertiesMapper mapper = new TidepoolPropertiesMapper(properties, () -> Integer.MAX_VALUE);
		assertThat(properties.isEnabled()).isTrue();
		assertThat(mapper.poolLimits()).isEqualTo(PoolLimits.DEFAULTS);
		assertThat(mapper.catalog().defaults()).isEqualTo(UpstreamSettings.DEFAULTS);
	}

	@ParameterizedTest
	@MethodSource("properties")
	void everyPropertyHasHints(JsonNode property) {
		boolean map = property.path("type").asString().startsWith(Map.class.getName());
		List<String> hinted = map ? List.of(name(property) + ".keys", name(property) + ".values")
				: List.of(name(property));
		assertThat(hints().map(MetadataTests::name)).containsAll(hinted);
	}

	@ParameterizedTest
	@MethodSource("hints")
	void hintIsForAPropertyAndItsValuesAreDescribedAndCanBeSet(JsonNode hint) throws Exception {
		String property = name(hint).replaceFirst("\\.(keys|values)$", "");
		assertThat(DEFAULTS).containsKey(property);
		assertThat(hint.path("values").size() + hint.path("providers").size()).isPositive();
		Class<?> type = name(hint).equals(property) ? elementType(property) : String.class;
		for (JsonNode value : hint.path("values")) {
			assertThat(value.path("description").asString("")).as(hint.toString()).endsWith(".");
			assertThat(ApplicationConversionService.getSharedInstance().convert(value.path("value").asString(), type))
				.as(hint.toString())
				.isNotNull();
		}
	}

	@ParameterizedTest
	@MethodSource("hints")
	void valuesThatAreNotAllThereAreAllowOthers(JsonNode hint) throws Exception {
		String property = name(hint).replaceFirst("\\.(keys|values)$", "");
		Class<?> type = elementType(property);
		boolean closed = type == Boolean.class || type.isEnum();
		if (closed) {
			Collection<String> all = type.isEnum()
					? Stream.of(type.getEnumConstants()).map(MetadataTests::text).toList() : List.of("true", "false");
			assertThat(texts(hint.path("values").findValuesAsString("value"))).containsExactlyInAnyOrderElementsOf(all);
			assertThat(hint.has("providers")).isFalse();
		}
		else {
			assertThat(hint.path("providers").findValuesAsString("name")).hasSize(1);
		}
	}

	@Test
	void eachGroupOfAnUpstreamIsDescribedAsOneOfTheGeneralGroups() {
		List<String> general = DEFAULTS.keySet().stream().map((name) -> name.split("\\.")[1]).distinct().toList();
		assertThat(Arrays.stream(BeanUtils.getPropertyDescriptors(UpstreamProperties.class))
			.map((property) -> property.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
			.filter((name) -> !List.of("class", "hosts", "base-url").contains(name))).isSubsetOf(general).hasSize(8);
	}

	static Stream<JsonNode> properties() {
		// Those of the endpoint are Boot's
		return METADATA.path("properties")
			.valueStream()
			.filter((property) -> !name(property).startsWith("management."));
	}

	static Stream<JsonNode> hints() {
		return METADATA.path("hints").valueStream();
	}

	private static String name(JsonNode item) {
		return item.path("name").asString();
	}

	/**
	 * The type of a property, or of its elements if it is a collection.
	 */
	private static Class<?> elementType(String property) throws ClassNotFoundException {
		String type = properties().filter((each) -> name(each).equals(property))
			.findFirst()
			.orElseThrow()
			.path("type")
			.asString();
		int generic = type.indexOf('<');
		String element = (generic >= 0) ? StringUtils.delete(type.substring(generic + 1), ">") : type;
		String last = element.substring(element.lastIndexOf(',') + 1);
		return ClassUtils.forName(last, MetadataTests.class.getClassLoader());
	}

	private static List<String> texts(Object value) {
		if (value instanceof JsonNode node) {
			return node.isArray() ? node.valueStream().map(JsonNode::asString).toList() : List.of(node.asString());
		}
		Collection<?> values = (value instanceof Collection<?> collection) ? collection : Collections.singleton(value);
		return values.stream().map(MetadataTests::text).toList();
	}

	private static String text(Object value) {
		if (value instanceof Duration duration) {
			return Durations.display(duration);
		}
		if (value instanceof Double number && number == Math.rint(number)) {
			return Long.toString(number.longValue());
		}
		return (value instanceof Enum<?> constant) ? constant.name().toLowerCase(Locale.ROOT) : value.toString();
	}

	private static JsonNode read() {
		// Other jars have a file of that name too
		try {
			for (URL url : Collections.list(
					MetadataTests.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream in = url.openStream()) {
					JsonNode metadata = JsonMapper.shared().readTree(in);
					if (metadata.path("groups").findValuesAsString("name").contains(TidepoolProperties.PREFIX)) {
						return metadata;
					}
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		throw new IllegalStateException("No metadata of Tidepool on the class path");
	}

}
