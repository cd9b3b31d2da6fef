package dev.tidepool.autoconfigure;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

import dev.tidepool.actuate.SettingDescriptor;
import dev.tidepool.actuate.SettingDescriptor.Source;
import dev.tidepool.actuate.SettingsInForce;
import dev.tidepool.connection.Upstream;
import dev.tidepool.connection.UpstreamSnapshot;
import dev.tidepool.connection.Upstreams;
import dev.tidepool.policy.Durations;
import dev.tidepool.policy.KeepAliveSource;
import dev.tidepool.policy.PoolLimits;
import dev.tidepool.policy.UpstreamSettings;

/**
 * The settings in force by the property that made them, and what has replaced them since:
 * a header, experience, an operator.
 */
final class PropertySettings implements SettingsInForce {

	private static final String MAX_PER_UPSTREAM = "pool.max-per-upstream";

	private static final String UPSTREAM_TIMEOUT = "keep-alive.upstream-timeout";

	private static final String MAX_REQUESTS = "keep-alive.max-requests";

	// In the location of a file, or in the name of a property source made of one
	private static final Pattern USER_INFO_OR_QUERY = Pattern.compile("(?<=://)[^/\\s]*@|\\?[^\\s\\]\"']*");

	private final PropertyOrigins origins;

	private final Upstreams upstreams;

	private final PoolLimits limits;

	// Looking through all sources for what was not set takes time, and never changes
	private final Map<String, Optional<ConfigurationProperty>> found = new ConcurrentHashMap<>();

	PropertySettings(PropertyOrigins origins, Upstreams upstreams, PoolLimits limits) {
		this.origins = origins;
		this.upstreams = upstreams;
		this.limits = limits;
	}

	@Override
	public List<SettingDescriptor> general() {
		List<SettingDescriptor> settings = new ArrayList<>();
		settings.add(changed(describe("tidepool", "pool.max-total", String.valueOf(this.limits.maxTotal()), false),
				this.upstreams.gate().maxTotal()));
		settings.add(describe("tidepool", "pool.reuse-order", SettingValues.text(this.limits.reuseOrder()), false));
		SettingValues.of(this.upstreams.catalog().defaults())
			.forEach((key, value) -> settings.add(describe("tidepool", key, value, false)));
		return settings;
	}

	@Override
	public List<SettingDescriptor> of(String upstream) {
		UpstreamSettings general = this.upstreams.catalog().defaults();
		UpstreamSettings own = this.upstreams.catalog().named(upstream);
		String prefix = (own.name() != null) ? UpstreamSettings.propertiesOf(own.name()) : "tidepool";
		List<SettingDescriptor> settings = new ArrayList<>();
		SettingValues.of(own).forEach((key, value) -> {
			// The group of the proxy is inherited as a whole, or not at all
			boolean inherits = !key.startsWith("proxy.") || own.proxy().equals(general.proxy());
			settings.add(inForce(upstream, key, describe(prefix, key, value, inherits)));
		});
		return settings;
	}

	private SettingDescriptor describe(String prefix, String key, @Nullable String value, boolean inherits) {
		String property = prefix + "." + key;
		String general = "tidepool." + key;
		ConfigurationProperty set = find(property);
		if (set == null && inherits) {
			property = general;
			set = find(general);
		}
		return (set != null) ? new SettingDescriptor(property, value, Source.PROPERTY, origin(set.getOrigin()))
				: new SettingDescriptor(inherits ? general : property, value, Source.DEFAULT, null);
	}

	private @Nullable ConfigurationProperty find(String property) {
		return this.found.computeIfAbsent(property, (name) -> Optional.ofNullable(this.origins.find(name)))
			.orElse(null);
	}

	static @Nullable String origin(@Nullable Origin origin) {
		return (origin != null) ? USER_INFO_OR_QUERY.matcher(origin.toString()).replaceAll("") : null;
	}

	private SettingDescriptor inForce(String upstream, String key, SettingDescriptor set) {
		return switch (key) {
			case MAX_PER_UPSTREAM -> changed(set, this.upstreams.maxPerUpstream(upstream));
			case UPSTREAM_TIMEOUT -> leastTrusted(upstream).map((state) -> upstreamTimeout(set, state)).orElse(set);
			case MAX_REQUESTS -> leastTrusted(upstream).map((state) -> maxRequests(set, state)).orElse(set);
			default -> set;
		};
	}

	private Optional<UpstreamSnapshot> leastTrusted(String name) {
		return this.upstreams.stats()
			.stream()
			.filter((stats) -> stats.tag().equals(name))
			.flatMap((stats) -> stats.members().stream())
			.map(Upstream::snapshot)
			.min(Comparator.comparing(UpstreamSnapshot::limit));
	}

	private static SettingDescriptor changed(SettingDescriptor set, int inForce) {
		String value = String.valueOf(inForce);
		return value.equals(set.value()) ? set : with(set, value, Source.CHANGED);
	}

	private static SettingDescriptor upstreamTimeout(SettingDescriptor set, UpstreamSnapshot upstream) {
		return (upstream.source() == KeepAliveSource.CONFIGURED) ? set
				: with(set, Durations.display(upstream.limit().truncatedTo(ChronoUnit.MILLIS)),
						Source.valueOf(upstream.source().name()));
	}

	// One earlier than the upstream, as it is done
	private static SettingDescriptor maxRequests(SettingDescriptor set, UpstreamSnapshot upstream) {
		int learned = Math.max(1, upstream.learnedMaxRequests() - 1);
		boolean counts = upstream.learnedMaxRequests() > 0
				&& (set.value() == null || learned < Integer.parseInt(set.value()));
		return counts ? with(set, String.valueOf(learned), Source.LEARNED) : set;
	}

	private static SettingDescriptor with(SettingDescriptor set, String value, Source source) {
		return new SettingDescriptor(set.property(), value, source, set.origin());
	}

}
